// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common, on CPU adapters.
//
// state rows [code…, t] (z + 1 elements), w2 [z, C·z] in chunks of rows (values of k), one dispatch each, h [layers, C·z].
// An invocation owns eight neighbouring vectors of columns, with the sums of up to 12 layers each, and no one shares anything:
// a load costs a CPU as much as some 30 multiply-adds and a barrier far more, so that eight vectors use each code that is loaded,
// and two values of k each sum. Constant indices keep the sums out of indexed memory; what LAYERS excludes is compiled away.

alias Vector = {{VECTOR}};
alias Sums = array<Vector, 12>; // one a layer

struct Params {
  z: u32,
  layers: u32,
  columns: u32, // C·z in vectors
  first_row: u32, // first k of this chunk; chunk 0 starts h with t·b2, later ones add to it
  rows: u32, // values of k in this chunk
}

override WORKGROUP_SIZE: u32;
override LAYERS: u32; // that one invocation sums, at most 12
override PER_WORD: u32; // weight elements a stored word holds beyond one vector
override HAS_SCALES: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [≥ layers, z + 1]
@group(0) @binding(2) var<storage, read> w2: array<{{WEIGHT}}>; // [rows, C·z]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // [z], one a row of w2 (i8)
@group(0) @binding(4) var<storage, read> b2: array<Vector>; // [C·z]
@group(0) @binding(5) var<storage, read_write> h: array<Vector>; // [layers, C·z]

// A stored word as f32 values; `lane` says which, where a word holds more than one.
fn f32x4(word: vec4<f32>, lane: u32) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>, lane: u32) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4<f32> { return 127 * unpack4x8snorm(word); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return 127 * unpack4x8snorm(word)[lane]; }

fn weight_at(i: u32) -> Vector { return {{DTYPE}}x{{WIDTH}}(w2[i / PER_WORD], i % PER_WORD); }

// Codes of four layers at one k, `at` for the first of them.
fn codes_at(at: u32, l: u32) -> vec4f {
  let pitch = params.z + 1;
  var codes = vec4f(state[at], 0, 0, 0);
  if (LAYERS > l + 1) { codes.y = state[at + pitch]; }
  if (LAYERS > l + 2) { codes.z = state[at + 2 * pitch]; }
  if (LAYERS > l + 3) { codes.w = state[at + 3 * pitch]; }
  return codes;
}

// Codes of all layers at one k; the scale of a quantised row of w2 goes with them.
fn codes_of(layer0: u32, k: u32) -> mat3x4f {
  let at = layer0 * (params.z + 1) + k;
  var codes = mat3x4f();
  codes[0] = codes_at(at, 0);
  if (LAYERS > 4) { codes[1] = codes_at(at + 4 * (params.z + 1), 4); }
  if (LAYERS > 8) { codes[2] = codes_at(at + 8 * (params.z + 1), 8); }
  if (HAS_SCALES) { codes *= scales[k]; }
  return codes;
}

// Two terms of one vector of columns, for all layers.
fn add(sums: ptr<function, Sums>, v: Vector, a: mat3x4f, w: Vector, b: mat3x4f) {
  (*sums)[0] += v * a[0].x + w * b[0].x;
  if (LAYERS > 1) { (*sums)[1] += v * a[0].y + w * b[0].y; }
  if (LAYERS > 2) { (*sums)[2] += v * a[0].z + w * b[0].z; }
  if (LAYERS > 3) { (*sums)[3] += v * a[0].w + w * b[0].w; }
  if (LAYERS > 4) { (*sums)[4] += v * a[1].x + w * b[1].x; }
  if (LAYERS > 5) { (*sums)[5] += v * a[1].y + w * b[1].y; }
  if (LAYERS > 6) { (*sums)[6] += v * a[1].z + w * b[1].z; }
  if (LAYERS > 7) { (*sums)[7] += v * a[1].w + w * b[1].w; }
  if (LAYERS > 8) { (*sums)[8] += v * a[2].x + w * b[2].x; }
  if (LAYERS > 9) { (*sums)[9] += v * a[2].y + w * b[2].y; }
  if (LAYERS > 10) { (*sums)[10] += v * a[2].z + w * b[2].z; }
  if (LAYERS > 11) { (*sums)[11] += v * a[2].w + w * b[2].w; }
}

fn put(l: u32, column: u32, sum: Vector) {
  if (column >= params.columns || l >= params.layers) { return; }
  let at = l * params.columns + column;
  if (params.first_row == 0) {
    h[at] = sum + state[l * (params.z + 1) + params.z] * b2[column];
  } else {
    h[at] += sum;
  }
}

fn finish(layer0: u32, column: u32, sums: ptr<function, Sums>) {
  put(layer0, column, (*sums)[0]);
  if (LAYERS > 1) { put(layer0 + 1, column, (*sums)[1]); }
  if (LAYERS > 2) { put(layer0 + 2, column, (*sums)[2]); }
  if (LAYERS > 3) { put(layer0 + 3, column, (*sums)[3]); }
  if (LAYERS > 4) { put(layer0 + 4, column, (*sums)[4]); }
  if (LAYERS > 5) { put(layer0 + 5, column, (*sums)[5]); }
  if (LAYERS > 6) { put(layer0 + 6, column, (*sums)[6]); }
  if (LAYERS > 7) { put(layer0 + 7, column, (*sums)[7]); }
  if (LAYERS > 8) { put(layer0 + 8, column, (*sums)[8]); }
  if (LAYERS > 9) { put(layer0 + 9, column, (*sums)[9]); }
  if (LAYERS > 10) { put(layer0 + 10, column, (*sums)[10]); }
  if (LAYERS > 11) { put(layer0 + 11, column, (*sums)[11]); }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let column = 8 * id.x;
  let layer0 = id.y * LAYERS;
  if (column >= params.columns) { return; }
  var s0: Sums; var s1: Sums; var s2: Sums; var s3: Sums;
  var s4: Sums; var s5: Sums; var s6: Sums; var s7: Sums;
  // Vectors past the end of a row read the next one, or what a robust read gives, and are not stored.
  for (var k = 0u; k < params.rows; k += 2) {
    let next = min(k + 1, params.rows - 1); // an odd last k is followed by itself, with codes of zero
    let a = codes_of(layer0, params.first_row + k);
    let b = codes_of(layer0, params.first_row + next) * f32(next - k);
    let i = k * params.columns + column;
    let j = next * params.columns + column;
    add(&s0, weight_at(i), a, weight_at(j), b);
    add(&s1, weight_at(i + 1), a, weight_at(j + 1), b);
    add(&s2, weight_at(i + 2), a, weight_at(j + 2), b);
    add(&s3, weight_at(i + 3), a, weight_at(j + 3), b);
    add(&s4, weight_at(i + 4), a, weight_at(j + 4), b);
    add(&s5, weight_at(i + 5), a, weight_at(j + 5), b);
    add(&s6, weight_at(i + 6), a, weight_at(j + 6), b);
    add(&s7, weight_at(i + 7), a, weight_at(j + 7), b);
  }
  finish(layer0, column, &s0);
  finish(layer0, column + 1, &s1);
  finish(layer0, column + 2, &s2);
  finish(layer0, column + 3, &s3);
  finish(layer0, column + 4, &s4);
  finish(layer0, column + 5, &s5);
  finish(layer0, column + 6, &s6);
  finish(layer0, column + 7, &s7);
}
