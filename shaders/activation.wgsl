// activation: y[c, p] = gain · act(x[c, p]): leaky ReLU, ReLU (slope 0) or PReLU (a slope a channel).
// Networks that only run have it fused into their convolutions. One invocation an element.

@group(0) @binding(2) var<storage, read> x: array<f32>; // [C, P]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let value = x[index];
  y[index] = params.gain * select(slope_at(index) * value, value, value >= 0);
}
