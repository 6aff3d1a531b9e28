// toRgb y[c] = Σ_i w[i, c] · s[i] · x[i] + …, backward, in one pass over the picture: dx[i] (+)= s[i] · Σ_c w[i, c] · dy[c], and
// S[part, i] = Σ_p x[i, p] · dy[p] of the gradients to w and s, which to_rgb_sums finishes.
// One workgroup a part of a channel's pixels.

struct Params {
  channels: u32, // I
  pixels: u32, // P
  part_pixels: u32, // of a part
  scale: u32, // first element of s
  keep: u32, // 1: what dx holds is added to
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // [3, P]
@group(0) @binding(2) var<storage, read> x: array<f32>; // [I, P]
@group(0) @binding(3) var<storage, read> w: array<f32>; // [I, 3]
@group(0) @binding(4) var<storage, read> scales: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>; // [I, P]
@group(0) @binding(6) var<storage, read_write> sums: array<vec3f>; // S [parts, I]

alias Partial = vec3f; // of parts/tree_sum
const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let channel = group.x;
  let first = channel * params.pixels;
  let begin = group.y * params.part_pixels;
  let end = min(begin + params.part_pixels, params.pixels);
  let weights = scales[params.scale + channel] * vec3f(w[3 * channel], w[3 * channel + 1], w[3 * channel + 2]);
  let keep = params.keep == 1;
  var sum = vec3f();
  for (var p = begin + local; p < end; p += WORKGROUP_SIZE) {
    let gradient = vec3f(dy[p], dy[params.pixels + p], dy[2 * params.pixels + p]);
    dx[first + p] = dot(weights, gradient) + select(0.0, dx[first + p], keep);
    sum += x[first + p] * gradient;
  }
  let all = tree_sum_for_all(sum, local);
  if (local == 0) { sums[group.y * params.channels + channel] = all; }
}
