// Δ[m, n] = Σ_k h[m, k]·w1[k, n] + t[layer(m)]·b1[n], register-tiled without workgroup memory: z and C·f² multiples of four.
//
// h [layers·C, z], w1 [z, C·f²], Δ [layers·C, C·f²], which read in place is [layers, out C, in C, f, f].
// An invocation owns 8 rows × 8 columns. Per four values of k it reads 8 vec4 of h (along k) and 8 vec4 of w1 (along n), and does
// 256 multiply-adds as matrix × vector: five times fewer reads a multiply-add than the direct variant, which is what a CPU
// adapter pays for. The sums have names because software GPUs keep indexed arrays in memory.

struct Params {
  rows: u32, // layers·C
  z: u32,
  columns: u32, // C·f² / 4
  rowsPerLayer: u32, // C
}

override WORKGROUP_SIZE: u32;
override HAS_SCALES: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [≥ layers, z + 1]; the last column is t
@group(0) @binding(2) var<storage, read> h: array<vec4<f32>>; // [layers·C, z]
@group(0) @binding(3) var<storage, read> w1: array<{{WEIGHT}}>; // [z, C·f²]
@group(0) @binding(4) var<storage, read> scales: array<f32>; // [z] (i8)
@group(0) @binding(5) var<storage, read> b1: array<vec4<f32>>; // [C·f²]
@group(0) @binding(6) var<storage, read_write> delta: array<vec4<f32>>; // [layers·C, C·f²]

fn f32x4(word: vec4<f32>) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32) -> vec4<f32> { return vec4(i8At(word, 0), i8At(word, 1), i8At(word, 2), i8At(word, 3)); }
fn i8At(word: u32, lane: u32) -> f32 { return f32(extractBits(bitcast<i32>(word), 8 * lane, 8)); }

fn weightAt(k: u32, column: u32) -> vec4<f32> {
  let value = {{DTYPE}}x4(w1[k * params.columns + column]);
  if (HAS_SCALES) { return value * scales[k]; }
  return value;
}

// Rows k … k + 3 of w1 at one vector of columns.
fn weightsAt(k: u32, column: u32) -> mat4x4<f32> {
  return mat4x4(weightAt(k, column), weightAt(k + 1, column), weightAt(k + 2, column), weightAt(k + 3, column));
}

fn store(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= params.rows) { return; }
  let steps = state[(row / params.rowsPerLayer) * (params.z + 1) + params.z];
  delta[row * params.columns + column] = left + steps * b1[column];
  if (column + 1 < params.columns) {
    delta[row * params.columns + column + 1] = right + steps * b1[column + 1];
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let column = id.x * 2;
  let row0 = id.y * 8;
  if (column >= params.columns || row0 >= params.rows) { return; }
  // Rows and columns past the last one repeat it and are not stored.
  let last = params.rows - 1;
  let next = min(column + 1, params.columns - 1);
  let quads = params.z / 4;
  let h1 = min(row0 + 1, last) * quads;
  let h2 = min(row0 + 2, last) * quads;
  let h3 = min(row0 + 3, last) * quads;
  let h4 = min(row0 + 4, last) * quads;
  let h5 = min(row0 + 5, last) * quads;
  let h6 = min(row0 + 6, last) * quads;
  let h7 = min(row0 + 7, last) * quads;
  var a0: vec4<f32>; var a1: vec4<f32>; var a2: vec4<f32>; var a3: vec4<f32>;
  var a4: vec4<f32>; var a5: vec4<f32>; var a6: vec4<f32>; var a7: vec4<f32>;
  var b0: vec4<f32>; var b1_: vec4<f32>; var b2: vec4<f32>; var b3: vec4<f32>;
  var b4: vec4<f32>; var b5: vec4<f32>; var b6: vec4<f32>; var b7: vec4<f32>;
  for (var k = 0u; k < quads; k++) {
    let left = weightsAt(4 * k, column);
    let right = weightsAt(4 * k, next);
    let v0 = h[row0 * quads + k]; a0 += left * v0; b0 += right * v0;
    let v1 = h[h1 + k]; a1 += left * v1; b1_ += right * v1;
    let v2 = h[h2 + k]; a2 += left * v2; b2 += right * v2;
    let v3 = h[h3 + k]; a3 += left * v3; b3 += right * v3;
    let v4 = h[h4 + k]; a4 += left * v4; b4 += right * v4;
    let v5 = h[h5 + k]; a5 += left * v5; b5 += right * v5;
    let v6 = h[h6 + k]; a6 += left * v6; b6 += right * v6;
    let v7 = h[h7 + k]; a7 += left * v7; b7 += right * v7;
  }
  store(row0, column, a0, b0);
  store(row0 + 1, column, a1, b1_);
  store(row0 + 2, column, a2, b2);
  store(row0 + 3, column, a3, b3);
  store(row0 + 4, column, a4, b4);
  store(row0 + 5, column, a5, b5);
  store(row0 + 6, column, a6, b6);
  store(row0 + 7, column, a7, b7);
}
