// mixed[r, k] += weight[first + r] * sums[r, k]: one person's share of the codes that re-tune the generator, counts included.
// One invocation an element of mixed [rows, width]; sums is laid out alike.

struct Params {
  rows: u32,
  width: u32,
  first_weight: u32,
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> mixed: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.rows * params.width) {
    return;
  }
  mixed[i] += weights[params.first_weight + i / params.width] * sums[i];
}
