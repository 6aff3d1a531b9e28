// channelSums: s[c] (+)= factor · Σ_p a[c, p] · f(c, p), the sums behind gradients of biases, scales, slopes and BatchNorm.
// f is 1 (mode 0), b[c, p] − m[c] (1) or min(b[c, p], 0) (3: a PReLU's slope); mode 2 sums (a[c, p] − m[c])² instead, a
// variance, mode 4 (a[c, p] − b[c, p])². m counts as zero where there is none. One workgroup a channel.

struct Params {
  rows: u32, // C
  pixels: u32, // P
  mode: u32,
  has_centre: u32,
  keep: u32, // 1: what s holds is added to
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> b: array<f32>; // [C, P]
@group(0) @binding(3) var<storage, read> centre: array<f32>; // m [C]
@group(0) @binding(4) var<storage, read_write> sums: array<f32>; // s [C]

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  var middle = 0.0;
  if (params.has_centre == 1) { middle = centre[row]; }
  let first = row * params.pixels;
  var sum = 0.0;
  for (var p = local; p < params.pixels; p += WORKGROUP_SIZE) {
    let left = a[first + p];
    switch (params.mode) {
      case 0u: { sum += left; }
      case 1u: { sum += left * (b[first + p] - middle); }
      case 2u: { sum += (left - middle) * (left - middle); }
      case 4u: { sum += (left - b[first + p]) * (left - b[first + p]); }
      default: { sum += left * min(b[first + p], 0); }
    }
  }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local != 0) { return; }
  let scaled = params.factor * sum;
  if (params.keep == 1) { sums[row] += scaled; } else { sums[row] = scaled; }
}
