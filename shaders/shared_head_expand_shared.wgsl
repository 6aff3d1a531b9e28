// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common.
//
// state rows [code…, t] (z + 1 elements), w2 [z, C·z] in chunks of rows (values of k), one dispatch each, h [layers, C·z].
// Bound by reading w2 (512 MiB in f32), so every element of it is read once a step for all layers: an invocation owns one
// vector of columns and the sums of LAYERS layers, and has four reads in flight. SLICES invocations may split the sum over k to
// have more; they add up through workgroup memory. The codes of TILE values of k are kept there too, four layers to a vector.
// Constant indices keep the sums out of indexed memory; what LAYERS excludes is compiled away.

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
override LAYERS: u32; // that one invocation accumulates, at most 12
override QUADS: u32; // ⌈LAYERS / 4⌉
override SLICES: u32; // parts of the sum over k
override TILE: u32; // values of k kept at a time
override PER_WORD: u32; // weight elements a stored word holds beyond one vector
override HAS_SCALES: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [≥ layers, z + 1]
@group(0) @binding(2) var<storage, read> w2: array<{{WEIGHT}}>; // [rows, C·z]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // [z], one a row of w2 (i8)
@group(0) @binding(4) var<storage, read> b2: array<Vector>; // [C·z]
@group(0) @binding(5) var<storage, read_write> h: array<Vector>; // [layers, C·z]

var<workgroup> codes: array<vec4<f32>, TILE * QUADS>;
var<workgroup> partial: array<Vector, WORKGROUP_SIZE>;

// A stored word as f32 values; `lane` says which, where a word holds more than one.
fn f32x4(word: vec4<f32>, lane: u32) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>, lane: u32) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4<f32> { return 127 * unpack4x8snorm(word); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return 127 * unpack4x8snorm(word)[lane]; }

// Code of layer l at k, zero past the last layer; the scale of a quantised row of w2 goes with it.
fn code_at(l: u32, k: u32) -> f32 {
  if (l >= params.layers) {
    return 0;
  }
  let value = state[l * (params.z + 1) + k];
  if (HAS_SCALES) {
    return value * scales[k];
  }
  return value;
}

// Adds up the slices of layer l at `column` and stores them. Called by all invocations.
fn finish(l: u32, column: u32, local: u32, slice_sum: Vector) {
  let width = WORKGROUP_SIZE / SLICES;
  var sum = slice_sum;
  if (SLICES > 1) {
    workgroupBarrier();
    partial[local] = sum;
    workgroupBarrier();
    for (var s = 1u; s < SLICES && local < width; s++) {
      sum += partial[s * width + local];
    }
  }
  if (local < width && column < params.columns && l < params.layers) {
    let at = l * params.columns + column;
    if (params.first_row == 0) {
      h[at] = sum + state[l * (params.z + 1) + params.z] * b2[column];
    } else {
      h[at] += sum;
    }
  }
}

// Row k of the tile at `column`, zero past its end.
fn weight_at(start: u32, k: u32, count: u32, column: u32) -> Vector {
  let i = (start + min(k, count - 1)) * params.columns + column;
  return {{DTYPE}}x{{WIDTH}}(w2[i / PER_WORD], i % PER_WORD) * select(0.0, 1.0, k < count);
}

// One term of all layers; past the end of the tile w is zero.
fn add(sums: ptr<function, Sums>, w: Vector, k: u32) {
  let first = min(k, TILE - 1) * QUADS;
  let a = codes[first];
  (*sums)[0] += a.x * w;
  if (LAYERS > 1) { (*sums)[1] += a.y * w; }
  if (LAYERS > 2) { (*sums)[2] += a.z * w; }
  if (LAYERS > 3) { (*sums)[3] += a.w * w; }
  if (LAYERS > 4) {
    let b = codes[first + 1];
    (*sums)[4] += b.x * w;
    if (LAYERS > 5) { (*sums)[5] += b.y * w; }
    if (LAYERS > 6) { (*sums)[6] += b.z * w; }
    if (LAYERS > 7) { (*sums)[7] += b.w * w; }
  }
  if (LAYERS > 8) {
    let c = codes[first + 2];
    (*sums)[8] += c.x * w;
    if (LAYERS > 9) { (*sums)[9] += c.y * w; }
    if (LAYERS > 10) { (*sums)[10] += c.z * w; }
    if (LAYERS > 11) { (*sums)[11] += c.w * w; }
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let width = WORKGROUP_SIZE / SLICES;
  let column = group.x * width + local % width;
  let layer0 = group.y * LAYERS;
  var sums: Sums;
  for (var start = 0u; start < params.rows; start += TILE) {
    let count = min(TILE, params.rows - start);
    workgroupBarrier();
    for (var i = local; i < count * QUADS; i += WORKGROUP_SIZE) {
      let k = params.first_row + start + i / QUADS;
      let l = layer0 + 4 * (i % QUADS);
      codes[i] = vec4(code_at(l, k), code_at(l + 1, k), code_at(l + 2, k), code_at(l + 3, k));
    }
    workgroupBarrier();
    for (var k = local / width; k < count && column < params.columns; k += 4 * SLICES) {
      let first = weight_at(start, k, count, column); // all four before the first is waited for
      let second = weight_at(start, k + SLICES, count, column);
      let third = weight_at(start, k + 2 * SLICES, count, column);
      let fourth = weight_at(start, k + 3 * SLICES, count, column);
      add(&sums, first, k);
      add(&sums, second, k + SLICES);
      add(&sums, third, k + 2 * SLICES);
      add(&sums, fourth, k + 3 * SLICES);
    }
  }

  finish(layer0, column, local, sums[0]);
  if (LAYERS > 1) { finish(layer0 + 1, column, local, sums[1]); }
  if (LAYERS > 2) { finish(layer0 + 2, column, local, sums[2]); }
  if (LAYERS > 3) { finish(layer0 + 3, column, local, sums[3]); }
  if (LAYERS > 4) { finish(layer0 + 4, column, local, sums[4]); }
  if (LAYERS > 5) { finish(layer0 + 5, column, local, sums[5]); }
  if (LAYERS > 6) { finish(layer0 + 6, column, local, sums[6]); }
  if (LAYERS > 7) { finish(layer0 + 7, column, local, sums[7]); }
  if (LAYERS > 8) { finish(layer0 + 8, column, local, sums[8]); }
  if (LAYERS > 9) { finish(layer0 + 9, column, local, sums[9]); }
  if (LAYERS > 10) { finish(layer0 + 10, column, local, sums[10]); }
  if (LAYERS > 11) { finish(layer0 + 11, column, local, sums[11]); }
}
