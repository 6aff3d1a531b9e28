// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r], on CPU adapters: an invocation owns eight rows, and no one shares anything.
//
// state row [code…, t] (z + 1 elements; t counts the steps that were summed), W [rows, z], Δ [rows] = [out, in].
// A load costs a CPU as much as some 30 multiply-adds and a barrier far more: every code that is loaded serves all rows of an
// invocation. They lie a stride apart, so that neighbours work on neighbouring rows. `layer_head_shared.wgsl` is for GPUs.

struct Params {
  z: u32, // elements of the code
  columns: u32, // z in vectors
  rows: u32, // weight rows of this chunk
  first_row: u32, // where the chunk starts in b, the scales and Δ
  state_row: u32,
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
fn i8x4(word: u32, lane: u32) -> vec4<f32> { return 127 * unpack4x8snorm(word); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return 127 * unpack4x8snorm(word)[lane]; }

// Code rows have z + 1 elements, so they are not aligned to vectors.
fn code4(i: u32) -> vec4<f32> { return vec4(state[i], state[i + 1], state[i + 2], state[i + 3]); }
fn code1(i: u32) -> f32 { return state[i]; }
fn product4(a: vec4<f32>, b: vec4<f32>) -> f32 { return dot(a, b); }
fn product1(a: f32, b: f32) -> f32 { return a * b; }

fn weight_at(i: u32) -> {{VECTOR}} { return {{DTYPE}}x{{WIDTH}}(weight[i / PER_WORD], i % PER_WORD); }

fn store(row: u32, sum: f32) {
  if (row >= params.rows) { return; }
  let at = params.first_row + row;
  let steps = state[params.state_row * (params.z + 1) + params.z];
  var y = sum;
  if (HAS_SCALES) { y *= scales[at]; }
  delta[at] = y + steps * bias[at];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let stride = (params.rows + 7) / 8;
  if (row >= stride) { return; }
  let code = params.state_row * (params.z + 1);
  let step = stride * params.columns;
  // The last rows of a stride that does not divide them read what a robust read gives, and are not stored.
  var at = row * params.columns;
  var s0 = 0.0; var s1 = 0.0; var s2 = 0.0; var s3 = 0.0;
  var s4 = 0.0; var s5 = 0.0; var s6 = 0.0; var s7 = 0.0;
  for (var k = 0u; k < params.columns; k++) {
    let c = code{{WIDTH}}(code + k * {{WIDTH}});
    s0 += product{{WIDTH}}(weight_at(at), c);
    s1 += product{{WIDTH}}(weight_at(at + step), c);
    s2 += product{{WIDTH}}(weight_at(at + 2 * step), c);
    s3 += product{{WIDTH}}(weight_at(at + 3 * step), c);
    s4 += product{{WIDTH}}(weight_at(at + 4 * step), c);
    s5 += product{{WIDTH}}(weight_at(at + 5 * step), c);
    s6 += product{{WIDTH}}(weight_at(at + 6 * step), c);
    s7 += product{{WIDTH}}(weight_at(at + 7 * step), c);
    at++;
  }
  store(row, s0);
  store(row + stride, s1);
  store(row + 2 * stride, s2);
  store(row + 3 * stride, s3);
  store(row + 4 * stride, s4);
  store(row + 5 * stride, s5);
  store(row + 6 * stride, s6);
  store(row + 7 * stride, s7);
}
