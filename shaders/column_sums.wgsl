// columnSums: s[n, c] = factor · Σ_r a[n, r, c]: a noise map's gradient over channels, a bias's over rows, a filter's means.
// One invocation a column.

struct Params {
  rows: u32,
  columns: u32, // of one group
  groups: u32,
  first: u32, // element of s that the sums begin at
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [groups, rows, columns]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // [groups, columns]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.groups * params.columns) { return; }
  let start = index / params.columns * params.rows * params.columns + index % params.columns;
  var sum = 0.0;
  for (var row = 0u; row < params.rows; row++) { sum += a[start + row * params.columns]; }
  sums[params.first + index] = params.factor * sum;
}
