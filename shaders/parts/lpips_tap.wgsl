// What LPIPS at one tap and its backward share: features and weights, and lengths of a pixel over the channels.

const EPSILON = 1e-10; // added to lengths

struct Params {
  channels: u32,
  pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // t [C, P]
@group(0) @binding(3) var<storage, read> weights: array<f32>; // w [C]

fn length_x(p: u32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) { sum += x[c * params.pixels + p] * x[c * params.pixels + p]; }
  return sqrt(sum);
}

fn length_target(p: u32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    sum += wanted[c * params.pixels + p] * wanted[c * params.pixels + p];
  }
  return sqrt(sum);
}
