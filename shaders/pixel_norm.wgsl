// y[r, k] = x[r, k] · rsqrt(mean_k x[r, k]² + ε): normalisation over the features of a latent (StyleGAN2's PixelNorm, ε 1e-8).
//
// x, y [rows, n]. One workgroup a row: its invocations stride over the features and add up through workgroup memory.

struct Params {
  n: u32,
  epsilon: f32,
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u; // a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [rows, n]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [rows, n]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = group.x * params.n;
  var sum = 0.0;
  for (var k = local; k < params.n; k += WORKGROUP_SIZE) {
    sum += input[row + k] * input[row + k];
  }
  sum = tree_sum_for_all(sum, local);
  let scale = inverseSqrt(sum / f32(params.n) + params.epsilon);
  for (var k = local; k < params.n; k += WORKGROUP_SIZE) {
    output[row + k] = input[row + k] * scale;
  }
}
