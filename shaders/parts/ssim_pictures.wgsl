// The two pictures that SSIM compares, as ssim_rows and its backward read them.

struct Params {
  rows: u32, // C · H
  width: u32,
  out_width: u32, // W − taps + 1
  scale: f32,
  shift: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // the other picture [C, H, W]

// Element `index` of both: (a, b) = scale · (x, wanted) + shift.
fn values(index: u32) -> vec2f {
  return params.scale * vec2f(x[index], wanted[index]) + params.shift;
}
