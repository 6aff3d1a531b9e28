// standardise: x[i] ← (x[i] − mean) · rsqrt(variance): a noise map after each step of a projection.
// One invocation an element.

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mean: array<f32>; // [1]
@group(0) @binding(2) var<storage, read> variance: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> x: array<f32>; // [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  x[index] = (x[index] - mean[0]) * inverseSqrt(variance[0]);
}
