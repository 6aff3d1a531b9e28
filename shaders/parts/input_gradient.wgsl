// A pass that leaves the gradient to a picture x, whose channels an op multiplies by weights, and the sums of those to the weights:
// dx[i] (+)= weights(i) · gradient and S[part, i] = Σ_p x[i, p] · gradient. One workgroup a part of a channel's pixels.
// Needs tree_sum and its `alias Partial`, what a pixel's gradient is; `weights_of(i)`, like it; `gradient_at(i, p)`; and
// `along(weights, gradient)`, their product summed up.

struct Params {
  channels: u32, // I
  pixels: u32, // P
  part_pixels: u32, // of a part
  scale: u32, // first element of s
  keep: u32, // 1: what dx holds is added to
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // to the op's result [.., P]
@group(0) @binding(2) var<storage, read> x: array<f32>; // [I, P]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // s
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [I, P]
@group(0) @binding(5) var<storage, read_write> sums: array<Partial>; // S [parts, I]

const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let channel = group.x;
  let first = channel * params.pixels;
  let begin = group.y * params.part_pixels;
  let end = min(begin + params.part_pixels, params.pixels);
  let weights = weights_of(channel);
  let keep = params.keep == 1;
  var sum = Partial();
  for (var p = begin + local; p < end; p += WORKGROUP_SIZE) {
    let here = gradient_at(channel, p);
    dx[first + p] = along(weights, here) + select(0.0, dx[first + p], keep);
    sum += x[first + p] * here;
  }
  let all = tree_sum_for_all(sum, local);
  if (local == 0) { sums[group.y * params.channels + channel] = all; }
}
