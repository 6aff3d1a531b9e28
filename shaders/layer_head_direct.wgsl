// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r], one invocation a row: small heads, and software adapters, where barriers cost more
// than the sum.
//
// state row [code…, t] (z + 1 elements; t counts the steps that were summed), W [rows, z], Δ [rows] = [out, in].
// Neighbours read the same code and rows of W one after another. `layer_head_shared.wgsl` is for large heads.

struct Params {
  z: u32, // elements of the code
  columns: u32, // z in vectors
  rows: u32, // weight rows of this chunk
  firstRow: u32, // where the chunk starts in b, the scales and Δ
  stateRow: u32,
}

override WORKGROUP_SIZE: u32;
override PER_WORD: u32; // weight elements a stored word holds beyond one vector
override HAS_SCALES: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [layers, z + 1]
@group(0) @binding(2) var<storage, read> weight: array<{{WEIGHT}}>; // [rows, z]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // [all rows] (i8)
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [all rows]
@group(0) @binding(5) var<storage, read_write> delta: array<f32>; // [all rows]

// A stored word as f32 values; `lane` says which, where a word holds more than one.
fn f32x4(word: vec4<f32>, lane: u32) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>, lane: u32) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4<f32> { return vec4(i8x1(word, 0), i8x1(word, 1), i8x1(word, 2), i8x1(word, 3)); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return f32(extractBits(bitcast<i32>(word), 8 * lane, 8)); }

// Code rows have z + 1 elements, so they are not aligned to vectors.
fn code4(i: u32) -> vec4<f32> { return vec4(state[i], state[i + 1], state[i + 2], state[i + 3]); }
fn code1(i: u32) -> f32 { return state[i]; }
fn total4(v: vec4<f32>) -> f32 { return dot(v, vec4(1.0)); }
fn total1(v: f32) -> f32 { return v; }

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (row >= params.rows) {
    return;
  }
  let code = params.stateRow * (params.z + 1);
  var sum: {{VECTOR}};
  for (var k = 0u; k < params.columns; k++) {
    let at = row * params.columns + k;
    sum += {{DTYPE}}x{{WIDTH}}(weight[at / PER_WORD], at % PER_WORD) * code{{WIDTH}}(code + k * {{WIDTH}});
  }
  var y = total{{WIDTH}}(sum);
  if (HAS_SCALES) {
    y *= scales[params.firstRow + row];
  }
  delta[params.firstRow + row] = y + state[code + params.z] * bias[params.firstRow + row];
}
