// runningAverage: a = a + (1 − d) · (p − a), d = numbers[0]: weights averaged over steps.
// One invocation an element.

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameter: array<f32>; // p [count]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> average: array<f32>; // a [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  average[index] += (1 - numbers[0]) * (parameter[index] - average[index]);
}
