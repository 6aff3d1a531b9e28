// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common.
//
// state rows [code…, t] (z + 1 elements), w2 [z, C·z] in chunks of rows (values of k), one dispatch each, h [layers, C·z].
// Bound by reading w2 (512 MiB in f32), so every element of it is read once a step for all layers: an invocation owns one
// vector of columns and LAYERS accumulators. SLICES invocations split the sum over k to keep more reads in flight and add
// up through workgroup memory. The codes of TILE values of k are kept in workgroup memory, all layers of a k together.

struct Params {
  z: u32,
  layers: u32,
  columns: u32, // C·z in vectors
  firstRow: u32, // first k of this chunk
  rows: u32, // values of k in this chunk
}

override WORKGROUP_SIZE: u32;
override SLICES: u32; // parts of the sum over k
override TILE: u32; // values of k kept at a time
override PER_WORD: u32; // weight elements a stored word holds beyond one vector
override HAS_SCALES: bool;
override FIRST: bool; // the first chunk starts h with t·b2, later ones add to it

// Accumulators live in registers, so their number is part of the text.
const LAYERS = {{LAYERS}}u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [≥ layers, z + 1]
@group(0) @binding(2) var<storage, read> w2: array<{{WEIGHT}}>; // [rows, C·z]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // [z], one a row of w2 (i8)
@group(0) @binding(4) var<storage, read> b2: array<{{VECTOR}}>; // [C·z]
@group(0) @binding(5) var<storage, read_write> h: array<{{VECTOR}}>; // [layers, C·z]

var<workgroup> codes: array<array<f32, LAYERS>, TILE>;
var<workgroup> partial: array<{{VECTOR}}, WORKGROUP_SIZE>;

// A stored word as f32 values; `lane` says which, where a word holds more than one.
fn f32x4(word: vec4<f32>, lane: u32) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>, lane: u32) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4<f32> { return vec4(i8x1(word, 0), i8x1(word, 1), i8x1(word, 2), i8x1(word, 3)); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return f32(extractBits(bitcast<i32>(word), 8 * lane, 8)); }

// Code of layer l at k, zero past the last layer; the scale of a quantised row of w2 goes with it.
fn codeAt(l: u32, k: u32) -> f32 {
  if (l >= params.layers) {
    return 0;
  }
  let value = state[l * (params.z + 1) + k];
  if (HAS_SCALES) {
    return value * scales[k];
  }
  return value;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let width = WORKGROUP_SIZE / SLICES;
  let column = group.x * width + local % width;
  let slice = local / width;
  let firstLayer = group.y * LAYERS;
  let inside = column < params.columns;

  var sums: array<{{VECTOR}}, LAYERS>;
  for (var start = 0u; start < params.rows; start += TILE) {
    let count = min(TILE, params.rows - start);
    workgroupBarrier();
    for (var i = local; i < count * LAYERS; i += WORKGROUP_SIZE) {
      codes[i / LAYERS][i % LAYERS] = codeAt(firstLayer + i % LAYERS, params.firstRow + start + i / LAYERS);
    }
    workgroupBarrier();
    if (inside) {
      for (var k = slice; k < count; k += SLICES) {
        let i = (start + k) * params.columns + column;
        let weight = {{DTYPE}}x{{WIDTH}}(w2[i / PER_WORD], i % PER_WORD);
        for (var l = 0u; l < LAYERS; l++) {
          sums[l] += codes[k][l] * weight;
        }
      }
    }
  }

  for (var l = 0u; l < LAYERS; l++) {
    workgroupBarrier();
    partial[local] = sums[l];
    workgroupBarrier();
    let layer = firstLayer + l;
    if (slice == 0 && inside && layer < params.layers) {
      let at = layer * params.columns + column;
      var sum = {{VECTOR}}();
      for (var s = 0u; s < SLICES; s++) {
        sum += partial[s * width + local];
      }
      if (FIRST) {
        h[at] = sum + state[layer * (params.z + 1) + params.z] * b2[column];
      } else {
        h[at] += sum;
      }
    }
  }
}
