// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common.
//
// Layout: see parts/shared_head_expand.
// Bound by reading w2 (512 MiB in f32), so every element of it is read once a step for all layers: an invocation owns one
// vector of columns and the sums of LAYERS layers, and has four reads in flight. SLICES invocations may split the sum over k to
// have more; they add up through workgroup memory. The codes of TILE values of k are kept there too, four layers to a vector.

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const QUADS = {{QUADS}}u; // ⌈LAYERS / 4⌉
const SLICES = {{SLICES}}u; // parts of the sum over k
const TILE = {{TILE}}u; // values of k kept at a time
const WIDTH = WORKGROUP_SIZE / SLICES; // columns of a workgroup

var<workgroup> tile_codes: array<vec4f, TILE * QUADS>; // [TILE, QUADS]
var<workgroup> partial: array<Vector, WORKGROUP_SIZE>;

// Code of layer l at k, zero past the last layer; the scale of a quantised row of w2 goes with it.
fn code_at(l: u32, k: u32) -> f32 {
  if (l >= params.layers) { return 0; }
  let value = state[l * (params.z + 1) + k];
  if (HAS_SCALES) { return value * scales[k]; }
  return value;
}

// Adds up the slices of layer l at `column` and stores them. Called by all invocations.
fn finish(l: u32, column: u32, local: u32, slice_sum: Vector) {
  var sum = slice_sum;
  if (SLICES > 1) {
    workgroupBarrier();
    partial[local] = sum;
    workgroupBarrier();
    for (var slice = 1u; slice < SLICES && local < WIDTH; slice++) { sum += partial[slice * WIDTH + local]; }
  }
  if (local < WIDTH) { put(l, column, sum); }
}

// Row k of the tile at `column`, zero past its end.
fn tile_weight(start: u32, k: u32, count: u32, column: u32) -> Vector {
  return weight_at((start + min(k, count - 1)) * params.columns + column) * select(0.0, 1.0, k < count);
}

// One term of all layers; past the end of the tile the weight is zero.
fn add(sums: ptr<function, Sums>, value: Vector, k: u32) {
  let first = min(k, TILE - 1) * QUADS;
  var codes: array<vec4f, QUADS>;
  #for Q in QUADS
  codes[{{Q}}] = tile_codes[first + {{Q}}];
  #end
  #for L in LAYERS
  (*sums)[{{L}}] += codes[{{L}} / 4][{{L}} % 4] * value;
  #end
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let column = group.x * WIDTH + local % WIDTH;
  let first_layer = group.y * LAYERS;
  var sums: Sums;
  for (var start = 0u; start < params.rows; start += TILE) {
    let count = min(TILE, params.rows - start);
    workgroupBarrier();
    for (var i = local; i < count * QUADS; i += WORKGROUP_SIZE) {
      let k = params.first_row + start + i / QUADS;
      let l = first_layer + 4 * (i % QUADS);
      tile_codes[i] = vec4f(code_at(l, k), code_at(l + 1, k), code_at(l + 2, k), code_at(l + 3, k));
    }
    workgroupBarrier();
    for (var k = local / WIDTH; k < count && column < params.columns; k += 4 * SLICES) {
      let first = tile_weight(start, k, count, column); // all four before the first is waited for
      let second = tile_weight(start, k + SLICES, count, column);
      let third = tile_weight(start, k + 2 * SLICES, count, column);
      let fourth = tile_weight(start, k + 3 * SLICES, count, column);
      add(&sums, first, k);
      add(&sums, second, k + SLICES);
      add(&sums, third, k + 2 * SLICES);
      add(&sums, fourth, k + 3 * SLICES);
    }
  }
  #for L in LAYERS
  finish(first_layer + {{L}}, column, local, sums[{{L}}]);
  #end
}
