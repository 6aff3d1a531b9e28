// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common, with subgroups.
//
// state rows [code…, t] (z + 1 elements), w2 [z, C·z] in chunks of rows (values of k), one dispatch each, h [layers, C·z].
// An invocation owns four neighbouring vectors of columns, with the sums of up to 12 layers each. Four neighbouring invocations
// (a quad) need the same codes: each loads those of every fourth layer and hands them round, so that 3 loads serve 12 layers.
// One value of k a turn: a loop with more loads no longer fits the instruction cache of a CPU, on which an interpreted load is
// 400 bytes of code. Constant indices keep the sums out of indexed memory; what LAYERS excludes is compiled away.

enable subgroups;
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

// Codes of layers l .. l + 3 at one k, of which this lane loads one; rows past the last layer's are summed and not stored.
fn codes_at(l: u32, lane: u32, k: u32, scale: f32) -> vec4f {
  let code = state[(l + lane) * (params.z + 1) + k] * scale;
  return vec4(quadBroadcast(code, 0u), quadBroadcast(code, 1u), quadBroadcast(code, 2u), quadBroadcast(code, 3u));
}

// Codes of all layers at one k, times `scale`.
fn codes_of(layer0: u32, lane: u32, k: u32, scale: f32) -> mat3x4f {
  var codes = mat3x4f();
  codes[0] = codes_at(layer0, lane, k, scale);
  if (LAYERS > 4) { codes[1] = codes_at(layer0 + 4, lane, k, scale); }
  if (LAYERS > 8) { codes[2] = codes_at(layer0 + 8, lane, k, scale); }
  return codes;
}

// s + w·c, component by component: see batched_product_quads.
fn plus4(s: vec4f, w: vec4f, c: f32) -> vec4f { return vec4f(s.x + w.x * c, s.y + w.y * c, s.z + w.z * c, s.w + w.w * c); }
fn plus1(s: f32, w: f32, c: f32) -> f32 { return s + w * c; }

// One term of one vector of columns, for all layers.
fn add(sums: ptr<function, Sums>, w: Vector, codes: mat3x4f) {
  (*sums)[0] = plus{{WIDTH}}((*sums)[0], w, codes[0].x);
  if (LAYERS > 1) { (*sums)[1] = plus{{WIDTH}}((*sums)[1], w, codes[0].y); }
  if (LAYERS > 2) { (*sums)[2] = plus{{WIDTH}}((*sums)[2], w, codes[0].z); }
  if (LAYERS > 3) { (*sums)[3] = plus{{WIDTH}}((*sums)[3], w, codes[0].w); }
  if (LAYERS > 4) { (*sums)[4] = plus{{WIDTH}}((*sums)[4], w, codes[1].x); }
  if (LAYERS > 5) { (*sums)[5] = plus{{WIDTH}}((*sums)[5], w, codes[1].y); }
  if (LAYERS > 6) { (*sums)[6] = plus{{WIDTH}}((*sums)[6], w, codes[1].z); }
  if (LAYERS > 7) { (*sums)[7] = plus{{WIDTH}}((*sums)[7], w, codes[1].w); }
  if (LAYERS > 8) { (*sums)[8] = plus{{WIDTH}}((*sums)[8], w, codes[2].x); }
  if (LAYERS > 9) { (*sums)[9] = plus{{WIDTH}}((*sums)[9], w, codes[2].y); }
  if (LAYERS > 10) { (*sums)[10] = plus{{WIDTH}}((*sums)[10], w, codes[2].z); }
  if (LAYERS > 11) { (*sums)[11] = plus{{WIDTH}}((*sums)[11], w, codes[2].w); }
}

// Row l of h at four columns; a first chunk starts it, later ones add to it.
fn put(l: u32, columns: vec4u, a: Vector, b: Vector, c: Vector, d: Vector) {
  if (l >= params.layers) { return; }
  let at = l * params.columns + columns;
  var before: array<Vector, 4>;
  if (params.first_row > 0) { before = array(h[at.x], h[at.y], h[at.z], h[at.w]); }
  h[at.x] = before[0] + a;
  h[at.y] = before[1] + b;
  h[at.z] = before[2] + c;
  h[at.w] = before[3] + d;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  // Columns past the end of a row repeat its last one, which is then stored several times.
  let columns = min(4 * id.x + vec4u(0, 1, 2, 3), vec4u(params.columns - 1));
  let layer0 = id.y * LAYERS;
  let lane = id.x % 4;
  var s0: Sums; var s1: Sums; var s2: Sums; var s3: Sums;
  // The bias counts once a step: it is a term like the others, with the state's last element as code.
  let steps = codes_of(layer0, lane, params.z, select(0.0, 1.0, params.first_row == 0));
  add(&s0, b2[columns.x], steps);
  add(&s1, b2[columns.y], steps);
  add(&s2, b2[columns.z], steps);
  add(&s3, b2[columns.w], steps);
  var at = columns;
  for (var k = 0u; k < params.rows; k++) {
    var scale = 1.0;
    if (HAS_SCALES) { scale = scales[params.first_row + k]; } // of a quantised row of w2
    let codes = codes_of(layer0, lane, params.first_row + k, scale);
    add(&s0, weight_at(at.x), codes);
    add(&s1, weight_at(at.y), codes);
    add(&s2, weight_at(at.z), codes);
    add(&s3, weight_at(at.w), codes);
    at += params.columns;
  }
  if (4 * id.x >= params.columns) { return; }
  put(layer0, columns, s0[0], s1[0], s2[0], s3[0]);
  if (LAYERS > 1) { put(layer0 + 1, columns, s0[1], s1[1], s2[1], s3[1]); }
  if (LAYERS > 2) { put(layer0 + 2, columns, s0[2], s1[2], s2[2], s3[2]); }
  if (LAYERS > 3) { put(layer0 + 3, columns, s0[3], s1[3], s2[3], s3[3]); }
  if (LAYERS > 4) { put(layer0 + 4, columns, s0[4], s1[4], s2[4], s3[4]); }
  if (LAYERS > 5) { put(layer0 + 5, columns, s0[5], s1[5], s2[5], s3[5]); }
  if (LAYERS > 6) { put(layer0 + 6, columns, s0[6], s1[6], s2[6], s3[6]); }
  if (LAYERS > 7) { put(layer0 + 7, columns, s0[7], s1[7], s2[7], s3[7]); }
  if (LAYERS > 8) { put(layer0 + 8, columns, s0[8], s1[8], s2[8], s3[8]); }
  if (LAYERS > 9) { put(layer0 + 9, columns, s0[9], s1[9], s2[9], s3[9]); }
  if (LAYERS > 10) { put(layer0 + 10, columns, s0[10], s1[10], s2[10], s3[10]); }
  if (LAYERS > 11) { put(layer0 + 11, columns, s0[11], s1[11], s2[11], s3[11]); }
}
