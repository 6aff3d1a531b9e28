// A convolution's input scale v = x · s[i], backward: dx (+)= dv · s[i] and the sums S[part, i] = Σ_p dv · x of the gradient to s.
// One workgroup a part of a channel's pixels.

struct Params {
  channels: u32, // I
  pixels: u32, // P
  part_pixels: u32, // of a part
  scale: u32, // first element of s
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dv: array<f32>; // [I, P]
@group(0) @binding(2) var<storage, read> x: array<f32>; // [I, P]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // s
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [I, P]
@group(0) @binding(5) var<storage, read_write> sums: array<f32>; // S [parts, I]

override KEEP: u32; // 1: what dx holds is added to

alias Partial = f32; // of parts/tree_sum
const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let channel = group.x;
  let first = channel * params.pixels;
  let begin = group.y * params.part_pixels;
  let end = min(begin + params.part_pixels, params.pixels);
  let scale = scales[params.scale + channel];
  var sum = 0.0;
  for (var p = begin + local; p < end; p += WORKGROUP_SIZE) {
    let here = dv[first + p];
    var gradient = here * scale;
    if (KEEP == 1) { gradient += dx[first + p]; }
    dx[first + p] = gradient;
    sum += x[first + p] * here;
  }
  let all = tree_sum_for_all(sum, local);
  if (local == 0) { sums[group.y * params.channels + channel] = all; }
}
