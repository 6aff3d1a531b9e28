// batchNormFold: BatchNorm as two vectors, scale = γ · rsqrt(var + eps), shift = β − mean · scale.
// One invocation a channel.

struct Params {
  channels: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gamma: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> beta: array<f32>; // [C]
@group(0) @binding(3) var<storage, read> mean: array<f32>; // [C]
@group(0) @binding(4) var<storage, read> variance: array<f32>; // [C]
@group(0) @binding(5) var<storage, read_write> scales: array<f32>; // [C]
@group(0) @binding(6) var<storage, read_write> shifts: array<f32>; // [C]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.channels) { return; }
  let scale = gamma[index] * inverseSqrt(variance[index] + params.eps);
  scales[index] = scale;
  shifts[index] = beta[index] - mean[index] * scale;
}
