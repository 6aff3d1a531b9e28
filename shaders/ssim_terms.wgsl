// SSIM at one scale: sums along rows of contrast and of contrast times luminance (parts/ssim_terms.wgsl has the formulas).
// One workgroup a row of windows.

@group(0) @binding(3) var<storage, read_write> sums: array<f32>; // [2, C, H]

alias Partial = vec2f;

fn part_of(row: u32, local: u32) -> vec2f {
  var sum = vec2f();
  for (var i = local; i < params.width; i += WORKGROUP_SIZE) {
    let t = terms_of(row * params.width + i);
    sum += t.contrast * vec2f(1, t.luminance);
  }
  return sum;
}

fn finish(row: u32, sum: vec2f, local: u32) {
  if (local != 0) { return; }
  sums[row] = sum.x;
  sums[params.rows + row] = sum.y;
}
