// channelSums: s[c] (+)= factor · Σ_p a[c, p] · f(c, p), the sums behind gradients of biases, scales, slopes and BatchNorm.
// f is 1 (mode 0), b[c, p] − m[c] (1), a[c, p] − m[c] with a's own mean taken off both (2: a variance), or min(b[c, p], 0) (3: a PReLU's
// slope). m counts as zero where there is none. One workgroup a channel.

struct Params {
  channels: u32, // C
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

var<workgroup> partial: array<f32, 64>;

// The sum over the workgroup; every invocation must call it.
fn total(local: u32, sum: f32) -> f32 {
  partial[local] = sum;
  for (var stride = 32u; stride > 0; stride /= 2) {
    workgroupBarrier();
    if (local < stride) { partial[local] += partial[local + stride]; }
  }
  workgroupBarrier();
  return partial[0];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.x + group.y * workgroups.x;
  let inside = row < params.channels;
  var middle = 0.0;
  if (inside && params.has_centre == 1) { middle = centre[row]; }
  var sum = 0.0;
  if (inside) {
    let first = row * params.pixels;
    for (var p = local; p < params.pixels; p += 64) {
      let left = a[first + p];
      switch (params.mode) {
        case 0u: { sum += left; }
        case 1u: { sum += left * (b[first + p] - middle); }
        case 2u: { sum += (left - middle) * (left - middle); }
        default: { sum += left * min(b[first + p], 0); }
      }
    }
  }
  let all = params.factor * total(local, sum);
  if (local != 0 || !inside) { return; }
  if (params.keep == 1) { sums[row] += all; } else { sums[row] = all; }
}
