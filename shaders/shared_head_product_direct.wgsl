// Δ[m, n] = Σ_k h[m, k]·w1[k, n] + t[layer(m)]·b1[n], without workgroup memory: any z and C·f², and software adapters,
// where workgroup memory costs instead of saving.
//
// h [layers·C, z], w1 [z, C·f²], Δ [layers·C, C·f²], which read in place is [layers, out C, in C, f, f].
// An invocation makes ROWS rows of one vector of columns: each vector of w1 it reads serves ROWS times. Neighbours in x read
// neighbouring vectors of w1 and the same h. The sums have names because software GPUs keep indexed arrays in memory.

struct Params {
  rows: u32, // layers·C
  z: u32,
  columns: u32, // C·f² in vectors
  rows_per_layer: u32, // C
}

override WORKGROUP_SIZE: u32;
override PER_WORD: u32; // weight elements a stored word holds beyond one vector
override HAS_SCALES: bool;

const ROWS = 8u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [≥ layers, z + 1]; the last column is t
@group(0) @binding(2) var<storage, read> h: array<f32>; // [layers·C, z]
@group(0) @binding(3) var<storage, read> w1: array<{{WEIGHT}}>; // [z, C·f²]
@group(0) @binding(4) var<storage, read> scales: array<f32>; // [z] (i8)
@group(0) @binding(5) var<storage, read> b1: array<{{VECTOR}}>; // [C·f²]
@group(0) @binding(6) var<storage, read_write> delta: array<{{VECTOR}}>; // [layers·C, C·f²]

// A stored word as f32 values; `lane` says which, where a word holds more than one.
fn f32x4(word: vec4<f32>, lane: u32) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>, lane: u32) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4<f32> { return 127 * unpack4x8snorm(word); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return 127 * unpack4x8snorm(word)[lane]; }

fn store(row: u32, column: u32, sum: {{VECTOR}}) {
  if (row < params.rows) {
    let steps = state[(row / params.rows_per_layer) * (params.z + 1) + params.z];
    delta[row * params.columns + column] = sum + steps * b1[column];
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let column = id.x;
  let row0 = id.y * ROWS;
  if (column >= params.columns || row0 >= params.rows) {
    return;
  }
  // Rows past the last one repeat it and are not stored.
  let last = params.rows - 1;
  let h1 = min(row0 + 1, last) * params.z;
  let h2 = min(row0 + 2, last) * params.z;
  let h3 = min(row0 + 3, last) * params.z;
  let h4 = min(row0 + 4, last) * params.z;
  let h5 = min(row0 + 5, last) * params.z;
  let h6 = min(row0 + 6, last) * params.z;
  let h7 = min(row0 + 7, last) * params.z;
  var s0: {{VECTOR}}; var s1: {{VECTOR}}; var s2: {{VECTOR}}; var s3: {{VECTOR}};
  var s4: {{VECTOR}}; var s5: {{VECTOR}}; var s6: {{VECTOR}}; var s7: {{VECTOR}};
  for (var k = 0u; k < params.z; k++) {
    let at = k * params.columns + column;
    var weight = {{DTYPE}}x{{WIDTH}}(w1[at / PER_WORD], at % PER_WORD);
    if (HAS_SCALES) {
      weight *= scales[k];
    }
    s0 += h[row0 * params.z + k] * weight;
    s1 += h[h1 + k] * weight;
    s2 += h[h2 + k] * weight;
    s3 += h[h3 + k] * weight;
    s4 += h[h4 + k] * weight;
    s5 += h[h5 + k] * weight;
    s6 += h[h6 + k] * weight;
    s7 += h[h7 + k] * weight;
  }
  store(row0, column, s0);
  store(row0 + 1, column, s1);
  store(row0 + 2, column, s2);
  store(row0 + 3, column, s3);
  store(row0 + 4, column, s4);
  store(row0 + 5, column, s5);
  store(row0 + 6, column, s6);
  store(row0 + 7, column, s7);
}
