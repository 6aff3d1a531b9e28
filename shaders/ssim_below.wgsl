// HyperStyle's guess of a picture's dynamic range: n[c, i] = how many of x[c, i, ·] lie below −0.5 (kernels/ssim.ts).
// One workgroup a row.

struct Params {
  rows: u32, // C · H
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read_write> counts: array<f32>; // [C · H]

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  var count = 0.0;
  for (var i = local; i < params.width; i += WORKGROUP_SIZE) {
    count += select(0.0, 1.0, x[row * params.width + i] < -0.5);
  }
  return count;
}

fn finish(row: u32, count: f32, local: u32) {
  if (local == 0) { counts[row] = count; }
}
