// styles, backward to the latents: dw[r, d] = scale · Σ_j ds[j] · weight[j, d] over the outputs j that read row r.
// One invocation an element of dw.

@group(0) @binding(3) var<storage, read> weight: array<f32>; // [S, D]
@group(0) @binding(4) var<storage, read_write> dw: array<f32>; // [rows, D]

// The first output that reads row `row` or a later one, found by halving: rows ascend over the outputs.
fn first_of(row: u32) -> u32 {
  var low = 0u;
  var high = params.outputs;
  while (low < high) {
    let middle = (low + high) / 2;
    if (row_of(middle) < row) { low = middle + 1; } else { high = middle; }
  }
  return low;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.features) { return; }
  let row = index / params.features;
  let feature = index % params.features;
  var sum = 0.0;
  let end = first_of(row + 1);
  for (var j = first_of(row); j < end; j++) {
    sum += ds[j] * weight[j * params.features + feature];
  }
  dw[index] = params.scale * sum;
}
