// add: t[offset + i] (+)= a[i] + b[i]: sums of gradients, b where there is a second one, t where it counts.
// One invocation an element.

struct Params {
  count: u32,
  offset: u32, // first element of t
  keep: u32, // 1: what t holds is added to
  has_b: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [count]
@group(0) @binding(2) var<storage, read> b: array<f32>; // [count]
@group(0) @binding(3) var<storage, read_write> target_sum: array<f32>; // t

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  var sum = a[index];
  if (params.has_b == 1) { sum += b[index]; }
  if (params.keep == 1) { sum += target_sum[params.offset + index]; }
  target_sum[params.offset + index] = sum;
}
