// Δ[m, n] = Σ_k h[m, k]·w1[k, n] + t[layer(m)]·b1[n], one invocation an element: any z and C·f².
//
// Shapes as in `shared_head_product.wgsl`, which is the fast one. Neighbours share h and read neighbouring columns of w1.

struct Params {
  rows: u32, // layers·C
  z: u32,
  columns: u32, // C·f²
  rowsPerLayer: u32, // C
}

override WORKGROUP_SIZE: u32;
override PER_WORD: u32; // elements of w1 in a stored word
override HAS_SCALES: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [≥ layers, z + 1]; the last column is t
@group(0) @binding(2) var<storage, read> h: array<f32>; // [layers·C, z]
@group(0) @binding(3) var<storage, read> w1: array<u32>; // [z, C·f²]
@group(0) @binding(4) var<storage, read> scales: array<f32>; // [z] (i8)
@group(0) @binding(5) var<storage, read> b1: array<f32>; // [C·f²]
@group(0) @binding(6) var<storage, read_write> delta: array<f32>; // [layers·C, C·f²]

// One element of a stored word.
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return f32(extractBits(bitcast<i32>(word), 8 * lane, 8)); }

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.rows * params.columns) {
    return;
  }
  let row = i / params.columns;
  let column = i % params.columns;
  var sum = 0.0;
  for (var k = 0u; k < params.z; k++) {
    let at = k * params.columns + column;
    var weight = {{DTYPE}}x1(w1[at / PER_WORD], at % PER_WORD);
    if (HAS_SCALES) {
      weight *= scales[k];
    }
    sum += h[row * params.z + k] * weight;
  }
  delta[i] = sum + state[(row / params.rowsPerLayer) * (params.z + 1) + params.z] * b1[column];
}
