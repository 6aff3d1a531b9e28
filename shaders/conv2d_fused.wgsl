// conv2d by Winograd F(2×2, 3×3) in one dispatch:
// y = act(conv(x · in_scale + in_shift) · out_scale + bias + noise + residual) · gain
// x [I, H, W]; w [I, 3, 3, O/4] in vec4; y [S, O, OH, OW], each the sum over one part of the inputs (S = 1: all);
// vectors [n] at an offset.
// A tile of 2×2 pixels is Aᵀ [Σ_i (G w Gᵀ) ⊙ (Bᵀ d B)] A of 4×4 patches d: 16 products instead of 36
// (Lavin & Gray, arXiv 1509.09308).
// This file brings the pixels in and transforms them; the rest is parts/fused. Nothing between x and y touches memory.
// Transforming filters here costs some 12 % more operations, and saves a dispatch and 16/9 of their memory. f32 only.

struct Params {
  in_channels: u32,
  out_channels: u32,
  part_channels: u32, // inputs of a part, a multiple of four
  height: u32, // of x
  width: u32,
  out_height: u32,
  out_width: u32,
  padding: u32,
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
  out_scale: u32,
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

const TURNED = false;
const SIDE = 10u; // pixels that 4 × 4 tiles read, a side

var<workgroup> pixels: array<f32, 400>; // [4 inputs, SIDE, SIDE]

fn out_size() -> vec2u { return vec2u(params.out_width, params.out_height); }

// The pixel that an invocation brings in for every input.
fn pixel_of(index: u32, tiles: vec2u) -> vec2u {
  return 8 * tiles + vec2u(index % SIDE, index / SIDE) - params.padding; // negative ones wrap to large ones
}

// Brings that pixel of four inputs, zero outside the picture and past the last input.
fn load_pixels(first: u32, index: u32, pixel: vec2u) {
  if (index >= SIDE * SIDE) { return; }
  let inside = all(pixel < vec2u(params.width, params.height));
  for (var k = 0u; k < 4; k++) {
    let i = first + k;
    var value = 0.0;
    if (inside && i < params.in_channels) {
      value = x[(i * params.height + pixel.y) * params.width + pixel.x] * in_scale(i) + in_shift(i);
    }
    pixels[k * SIDE * SIDE + index] = value;
  }
}

// Row `row` of the frequencies of one row of tiles, of input `k`: Bᵀ down, B across.
fn transform_pixels(k: u32, row: u32, tiles: u32) {
  let two_rows = array(vec2u(0, 2), vec2u(1, 2), vec2u(2, 1), vec2u(1, 3))[row];
  let first = (k * SIDE + 2 * tiles + two_rows) * SIDE;
  var down: array<f32, 10>;
  for (var j = 0u; j < SIDE; j++) {
    down[j] = pixels[first.x + j] + select(-1.0, 1.0, row == 1) * pixels[first.y + j];
  }
  let at = k * 64 + row * 16 + tiles;
  patches[at] = vec4f(down[0] - down[2], down[2] - down[4], down[4] - down[6], down[6] - down[8]);
  patches[at + 4] = vec4f(down[1] + down[2], down[3] + down[4], down[5] + down[6], down[7] + down[8]);
  patches[at + 8] = vec4f(down[2] - down[1], down[4] - down[3], down[6] - down[5], down[8] - down[7]);
  patches[at + 12] = vec4f(down[1] - down[3], down[3] - down[5], down[5] - down[7], down[7] - down[9]);
}
