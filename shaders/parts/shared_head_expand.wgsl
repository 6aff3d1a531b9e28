// What every rung of the shared head's first map reads and writes; needs matrix, which is w2.
// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j], with state rows [code…, t] of z + 1 elements; w2 [z, C·z] comes in chunks of
// rows (values of k), one dispatch each: chunk 0 starts h with t·b2, later ones add to it.

struct Params {
  z: u32,
  layers: u32,
  columns: u32, // C·z in vectors
  first_row: u32, // first k of this chunk
  rows: u32, // values of k in this chunk
}

const LAYERS = {{LAYERS}}u; // that one invocation sums, at most 12: more are spread over the grid

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> state: array<f32>; // [≥ layers, z + 1]
@group(0) @binding(4) var<storage, read> b2: array<Vector>; // [C·z]
@group(0) @binding(5) var<storage, read_write> h: array<Vector>; // [layers, C·z]

alias Sums = array<Vector, LAYERS>; // constant indices keep them in registers

// Writes the sum of layer `l` at a vector of columns; nothing beyond the edge.
fn put(l: u32, column: u32, sum: Vector) {
  if (column >= params.columns || l >= params.layers) { return; }
  let at = l * params.columns + column;
  if (params.first_row == 0) {
    h[at] = sum + state[l * (params.z + 1) + params.z] * b2[column];
  } else {
    h[at] += sum;
  }
}
