// Sizes and taps of both forms of fir.

struct Params {
  channels: u32, // C
  first_channel: u32, // of x
  height: u32, // of x
  width: u32,
  out_height: u32,
  out_width: u32,
  up: u32,
  down: u32,
  pad: u32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [≥ first + C, H, W]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [C, OH, OW]

// f = [1, 3, 3, 1] / 8
const OUTER = 0.125;
const INNER = 0.375;
