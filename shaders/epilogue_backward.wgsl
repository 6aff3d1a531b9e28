// A convolution's epilogue y = act(u) · gain, u = z · d[o] + bias[o] + noise + residual, backward, in one pass over the picture.
// The gradient to y is what has been added up so far and, where the next layer reads y as v = y · s[o], dv · s[o] as well.
// Leaves du = that gradient · gain · (1 where y > 0, else slope), and S[part, o] = (Σ du, Σ du · z · d[o], Σ dv · y), of which
// epilogue_sums makes the gradients to bias, output scale d, and s. z is not kept: u is found from y (slope and gain are
// positive; where a ReLU is zero, du is zero, too). One workgroup a part of a channel's pixels.

struct Params {
  channels: u32, // O
  pixels: u32, // P
  part_pixels: u32, // of a part
  bias: u32, // first element of the bias, or ABSENT
  scale: u32, // first element of s
  slope: f32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // what has been added up [O, P], where du does not have it
@group(0) @binding(2) var<storage, read> y: array<f32>; // [O, P]
@group(0) @binding(3) var<storage, read> biases: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>; // [P]
@group(0) @binding(5) var<storage, read> other: array<f32>; // dv or the residual [O, P]
@group(0) @binding(6) var<storage, read_write> du: array<f32>; // [O, P]
@group(0) @binding(7) var<storage, read_write> sums: array<vec3f>; // S [parts, O]
@group(0) @binding(8) var<storage, read> scales: array<f32>; // s

// What there is; a residual or dv, not both.
override HAS_SUM: u32; // 1: in dy, 2: in du, which is overwritten
override HAS_SCALED: u32;
override HAS_NOISE: u32;
override HAS_RESIDUAL: u32;

alias Partial = vec3f; // of parts/tree_sum
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
  let scale = scales[params.scale + channel];
  let unscaled = 1 / params.gain;
  let unscaled_below = 1 / (params.gain * params.slope);
  let below = params.gain * params.slope;
  var sum = vec3f();
  for (var p = begin + local; p < end; p += WORKGROUP_SIZE) {
    let out = y[first + p];
    var gradient = 0.0;
    var scaled = 0.0;
    var around = bias;
    if (HAS_SUM == 1) { gradient = dy[first + p]; }
    if (HAS_SUM == 2) { gradient = du[first + p]; }
    if (HAS_SCALED == 1) { scaled = other[first + p]; }
    if (HAS_NOISE == 1) { around += noise[p]; }
    if (HAS_RESIDUAL == 1) { around += other[first + p]; }
    gradient = (gradient + scaled * scale) * select(below, params.gain, out > 0);
    let u = out * select(unscaled_below, unscaled, out >= 0);
    du[first + p] = gradient;
    sum += vec3f(gradient, gradient * (u - around), scaled * out);
  }
  let all = tree_sum_for_all(sum, local);
  if (local == 0) { sums[group.y * params.channels + channel] = all; }
}
