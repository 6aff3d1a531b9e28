// Second map of the shared head as one matrix product, Δ[m, n] = Σ_k h[m, k]·w1[k, n] + t[layer(m)]·b1[n]: its operands as
// batched_product reads them, both with k first and the bias as one more k:
// left[k, m] = h[m, k], left[z, m] = t[layer(m)];  right[k, n] = w1[k, n], right[z, n] = b1[n].
//
// h [layers·C, z], w1 [z, C·f²], the matrix; left [z + 1, layers·C] and right [z + 1, C·f²] in vec4. Δ [layers·C, C·f²], which
// read in place is [layers, out C, in C, f, f]. One invocation makes one vec4 of either; unpacking w1 here, once, and not at each
// of its layers·C / 16 uses, is what makes the product fast.

struct Params {
  rows: u32, // layers·C / 4
  z: u32,
  columns: u32, // C·f² / 4
  rows_per_layer: u32, // C
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> state: array<f32>; // [≥ layers, z + 1]; the last column is t
@group(0) @binding(4) var<storage, read> h: array<f32>; // [layers·C, z]
@group(0) @binding(5) var<storage, read> b1: array<vec4f>; // [C·f²]
@group(0) @binding(6) var<storage, read_write> left: array<vec4f>; // [z + 1, layers·C]
@group(0) @binding(7) var<storage, read_write> right: array<vec4f>; // [z + 1, C·f²]

fn left_at(k: u32, row: u32) -> f32 {
  if (k < params.z) { return h[row * params.z + k]; }
  return state[(row / params.rows_per_layer) * (params.z + 1) + params.z];
}

fn right_at(k: u32, column: u32) -> vec4f {
  if (k == params.z) { return b1[column]; }
  let value = weight_at(k * params.columns + column);
  if (HAS_SCALES) { return value * scales[k]; }
  return value;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * WORKGROUP_SIZE;
  let width = params.rows + params.columns;
  let k = index / width;
  let at = index % width;
  if (k > params.z) { return; }
  if (at < params.rows) {
    let row = 4 * at;
    left[k * params.rows + at] = vec4f(left_at(k, row), left_at(k, row + 1), left_at(k, row + 2), left_at(k, row + 3));
  } else {
    let column = at - params.rows;
    right[k * params.columns + column] = right_at(k, column);
  }
}
