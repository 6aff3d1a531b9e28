// A convolution's epilogue y = act(u) · gain, u = z · d[o] + bias[o] + noise + residual, backward, in one pass over the picture:
// du = dy · gain · (1 where y > 0, else slope), and the sums S[part, o] = (Σ du, Σ du · z · d[o]) of the gradients to bias and output
// scale d, which epilogue_sums finishes. z is not kept: u is found from y (slope and gain are positive; of a ReLU's zeros du is zero
// anyway). One workgroup a part of a channel's pixels.

struct Params {
  channels: u32, // O
  pixels: u32, // P
  part_pixels: u32, // of a part
  bias: u32, // first element of the bias, or ABSENT
  has_noise: u32,
  has_residual: u32,
  slope: f32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // [O, P]
@group(0) @binding(2) var<storage, read> y: array<f32>; // [O, P]
@group(0) @binding(3) var<storage, read> biases: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>; // [P]
@group(0) @binding(5) var<storage, read> residual: array<f32>; // [O, P]
@group(0) @binding(6) var<storage, read_write> du: array<f32>; // [O, P]
@group(0) @binding(7) var<storage, read_write> sums: array<vec2f>; // S [parts, O]

alias Partial = vec2f; // of parts/tree_sum
const WORKGROUP_SIZE = 64u;
const ABSENT = 0xffffffffu;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let channel = group.x;
  let first = channel * params.pixels;
  let begin = group.y * params.part_pixels;
  let end = min(begin + params.part_pixels, params.pixels);
  let has_bias = params.bias != ABSENT;
  let bias = select(0.0, biases[select(0, params.bias + channel, has_bias)], has_bias);
  let has_noise = params.has_noise == 1;
  let has_residual = params.has_residual == 1;
  let unscaled = 1 / params.gain;
  let unscaled_below = 1 / (params.gain * params.slope);
  let below = params.gain * params.slope;
  var sum = vec2f();
  for (var p = begin + local; p < end; p += WORKGROUP_SIZE) {
    let out = y[first + p];
    let gradient = dy[first + p] * select(below, params.gain, out > 0);
    var around = bias + select(0.0, noise[select(0, p, has_noise)], has_noise);
    around += select(0.0, residual[select(0, first + p, has_residual)], has_residual);
    let u = out * select(unscaled_below, unscaled, out >= 0);
    du[first + p] = gradient;
    sum += vec2f(gradient, gradient * (u - around));
  }
  let all = tree_sum_for_all(sum, local);
  if (local == 0) { sums[group.y * params.channels + channel] = all; }
}
