// styles, backward to the latents: dw[r, d] = scale · Σ_j ds[j] · weight[j, d] over the outputs j that read row r.
// One invocation an element of dw.

@group(0) @binding(3) var<storage, read> weight: array<f32>; // [S, D]
@group(0) @binding(4) var<storage, read_write> dw: array<f32>; // [rows, D]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.features) { return; }
  let row = index / params.features;
  let feature = index % params.features;
  var sum = 0.0;
  for (var j = 0u; j < params.outputs; j++) {
    if (row_of(j) == row) { sum += ds[j] * weight[j * params.features + feature]; }
  }
  dw[index] = params.scale * sum;
}
