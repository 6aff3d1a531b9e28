// What both rungs of a single layer's head read and write; needs matrix.
// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r], with a state row [code…, t] of z + 1 elements; t counts the steps that were summed.

struct Params {
  z: u32, // elements of the code
  columns: u32, // z in vectors
  rows: u32, // weight rows of this chunk
  first_row: u32, // where the chunk starts in b, the scales and Δ
  state_row: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> state: array<f32>; // [layers, z + 1]
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [all rows]
@group(0) @binding(5) var<storage, read_write> delta: array<f32>; // [all rows]

// The vector of the state that begins at element `i`. Rows have z + 1 elements, so they are not aligned to vectors.
fn code4(i: u32) -> vec4f { return vec4f(state[i], state[i + 1], state[i + 2], state[i + 3]); }
fn code1(i: u32) -> f32 { return state[i]; }
fn code_at(i: u32) -> Vector { return code{{WIDTH}}(i); }

// Writes row `row` of the chunk from its product with the code; nothing past the last one.
fn store(row: u32, product: f32) {
  if (row >= params.rows) { return; }
  let at = params.first_row + row;
  let steps = state[params.state_row * (params.z + 1) + params.z];
  var sum = product;
  if (HAS_SCALES) { sum *= scales[at]; }
  delta[at] = sum + steps * bias[at];
}
