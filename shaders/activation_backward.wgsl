// activation, backward: dx[c, p] = dy[c, p] · gain · (1 where z > 0, else slope), z the input or the output: their signs agree
// unless a slope is negative. One invocation an element.

@group(0) @binding(2) var<storage, read> dy: array<f32>; // [C, P]
@group(0) @binding(3) var<storage, read> z: array<f32>; // [C, P]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  dx[index] = dy[index] * params.gain * select(slope_at(index), 1.0, z[index] > 0);
}
