// What an activation and its backward share: sizes and the slope below zero.

struct Params {
  count: u32,
  pixels: u32, // P
  has_slopes: u32, // 1: PReLU
  slope: f32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slopes: array<f32>; // [C]

// Slope below zero at element `index`.
fn slope_at(index: u32) -> f32 {
  if (params.has_slopes == 1) { return slopes[index / params.pixels]; }
  return params.slope;
}
