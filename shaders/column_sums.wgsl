// columnSums: s[c] = factor · Σ_r a[r, c]: a noise map's gradient over channels, a bias's over rows.
// One invocation a column.

struct Params {
  rows: u32,
  columns: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [rows, columns]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // [columns]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.columns) { return; }
  var sum = 0.0;
  for (var row = 0u; row < params.rows; row++) { sum += a[row * params.columns + index]; }
  sums[index] = params.factor * sum;
}
