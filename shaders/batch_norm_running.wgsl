// batchNormTrain: running ← (1 − momentum) · running + momentum · new, the variance as the unbiased one, n/(n − 1) times.
// One invocation a channel.

struct Params {
  channels: u32,
  momentum: f32,
  unbias: f32, // n / (n − 1)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mean: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> variance: array<f32>; // [C]
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>; // [C]
@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>; // [C]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.channels) { return; }
  running_mean[index] += params.momentum * (mean[index] - running_mean[index]);
  running_variance[index] += params.momentum * (params.unbias * variance[index] - running_variance[index]);
}
