// toRgb y[c] = Σ_i w[i, c] · s[i] · x[i] + …, backward: dx[i] (+)= s[i] · Σ_c w[i, c] · dy[c], and the sums S[part, i, c] = Σ_p x[i, p] ·
// dy[c, p] of the gradients to w and s, which to_rgb_sums finishes. One workgroup a part of the pixels of four channels, which share
// what they read of dy; channels of S come in fours.

struct Params {
  channels: u32, // I
  pixels: u32, // P
  part_pixels: u32, // of a part
  scale: u32, // first element of s
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // [3, P]
@group(0) @binding(2) var<storage, read> x: array<f32>; // [I, P]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // s
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [I, P]
@group(0) @binding(5) var<storage, read_write> sums: array<mat3x4f>; // S [parts, I / 4], a column of four channels a colour
@group(0) @binding(6) var<storage, read> w: array<f32>; // [I, 3]

override KEEP: u32; // 1: what dx holds is added to

alias Partial = mat3x4f; // of parts/tree_sum
const WORKGROUP_SIZE = 64u;

// What the gradients of four channels have of one colour.
fn weights_of(channels: vec4u, colour: u32) -> vec4f {
  let at = 3 * channels + colour;
  let scale = params.scale + channels;
  return vec4f(w[at.x], w[at.y], w[at.z], w[at.w]) * vec4f(scales[scale.x], scales[scale.y], scales[scale.z], scales[scale.w]);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channels = min(4 * group.x + vec4u(0, 1, 2, 3), vec4u(params.channels - 1));
  let first = channels * params.pixels;
  let used = min(4, params.channels - 4 * group.x);
  let begin = group.y * params.part_pixels;
  let end = min(begin + params.part_pixels, params.pixels);
  let weights = mat3x4f(weights_of(channels, 0), weights_of(channels, 1), weights_of(channels, 2));
  var sum = Partial();
  for (var p = begin + local; p < end; p += WORKGROUP_SIZE) {
    let here = vec3f(dy[p], dy[params.pixels + p], dy[2 * params.pixels + p]);
    let at = first + p;
    let values = vec4f(x[at.x], x[at.y], x[at.z], x[at.w]);
    sum += Partial(values * here.x, values * here.y, values * here.z);
    var gradient = weights * here;
    if (KEEP == 1) { gradient += vec4f(dx[at.x], dx[at.y], dx[at.z], dx[at.w]); }
    dx[at.x] = gradient.x;
    if (used > 1) { dx[at.y] = gradient.y; }
    if (used > 2) { dx[at.z] = gradient.z; }
    if (used > 3) { dx[at.w] = gradient.w; }
  }
  let all = tree_sum_for_all(sum, local);
  if (local == 0) { sums[group.y * workgroups.x + group.x] = all; }
}
