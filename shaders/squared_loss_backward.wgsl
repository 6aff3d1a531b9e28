// squaredLoss, backward: dx[i] = dvalue · factor · (x[i] − target[i]).
// One invocation an element.

struct Params {
  count: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [count]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // target [count]
@group(0) @binding(3) var<storage, read> dvalue: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  dx[index] = dvalue[0] * params.factor * (x[index] - wanted[index]);
}
