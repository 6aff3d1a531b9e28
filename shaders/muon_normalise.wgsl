// muonNormalise: t = t / (√s + 1e-7), s the sum of squares of t, so that no singular value is above 1.
// One invocation an element.

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> squares: array<f32>; // s [1]
@group(0) @binding(2) var<storage, read_write> tall: array<f32>; // t [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  tall[index] /= sqrt(squares[0]) + 1e-7;
}
