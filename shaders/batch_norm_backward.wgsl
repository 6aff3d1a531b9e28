// batchNormTrain, backward, from S = Σ dy and M = Σ dy · (x − mean) over n numbers a channel, r = rsqrt(var + eps):
// dγ = r · M, dβ = S, and dx = k[0] · dy + k[1] · x + k[2] with the three coefficients a channel that are written here.
// One invocation a channel.

struct Params {
  channels: u32, // C
  count: f32, // n
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gamma: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> mean: array<f32>; // [C]
@group(0) @binding(3) var<storage, read> variance: array<f32>; // [C]
@group(0) @binding(4) var<storage, read> sums: array<f32>; // S [C]
@group(0) @binding(5) var<storage, read> moments: array<f32>; // M [C]
@group(0) @binding(6) var<storage, read_write> coefficients: array<f32>; // k [3, C]
@group(0) @binding(7) var<storage, read_write> dgamma: array<f32>; // [C]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.channels) { return; }
  let r = inverseSqrt(variance[index] + params.eps);
  let scale = gamma[index] * r;
  let slope = -scale * r * r * moments[index] / params.count;
  coefficients[index] = scale;
  coefficients[params.channels + index] = slope;
  coefficients[2 * params.channels + index] = -scale * sums[index] / params.count - slope * mean[index];
  dgamma[index] = r * moments[index];
}
