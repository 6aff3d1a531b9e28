// upConv by Winograd F(2×2, 3×3) in one dispatch, what upconv_direct makes:
// y = act(FIR(transposed conv(x · in_scale)) · out_scale + bias + noise) · gain
// x [I, H, W]; w [I, 3, 3, O/4] in vec4; y [S, O, 2H, 2W], each the sum over one part of the inputs (S = 1: all).
// The FIR commutes with the convolution: y = conv3×3(g) by w turned round, g = FIR(x with zeros between). A tile of 2×2 pixels is
// Aᵀ [Σ_i (G w Gᵀ) ⊙ (Bᵀ g B)] A, and its patch of g is F x Fᵀ of the 3×3 pixels around one of x, so Bᵀ g B = C x Cᵀ with
// C = Bᵀ F: g never exists. 4 products a pixel instead of 9 of the polyphase form; the map of one axis has rank 4, so a
// separable form has no fewer.
// This file brings the pixels in and transforms them; the rest is parts/fused. f32 only.

struct Params {
  in_channels: u32,
  out_channels: u32,
  part_channels: u32, // inputs of a part, a multiple of four
  height: u32, // of x
  width: u32,
  in_scale: u32, // element offsets of the vectors
  out_scale: u32,
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

const TURNED = true;
const SIDE = 6u; // pixels that 4 × 4 tiles read, a side
const C = array(vec3f(0.75, -0.5, -0.25), vec3f(0.25, 1.5, 0.25), vec3f(-0.25, 0, 0.25), vec3f(0.25, 0.5, -0.75)); // by rows

var<workgroup> pixels: array<f32, 144>; // [4 inputs, SIDE, SIDE]

fn out_size() -> vec2u { return 2 * vec2u(params.width, params.height); }

// The pixel that an invocation brings in for every other input.
fn pixel_of(index: u32, tiles: vec2u) -> vec2u {
  return 4 * tiles + vec2u(index % SIDE, index / SIDE % SIDE) - 1; // −1 wraps to a large number
}

// Brings that pixel of two inputs, zero outside the picture and past the last input.
fn load_pixels(first: u32, index: u32, pixel: vec2u) {
  if (index >= 2 * SIDE * SIDE) { return; }
  let inside = all(pixel < vec2u(params.width, params.height));
  for (var place = index; place < 4 * SIDE * SIDE; place += 2 * SIDE * SIDE) {
    let i = first + place / (SIDE * SIDE);
    var value = 0.0;
    if (inside && i < params.in_channels) {
      value = x[(i * params.height + pixel.y) * params.width + pixel.x] * in_scale(i);
    }
    pixels[place] = value;
  }
}

// Row `row` of the frequencies of one row of tiles, of input `k`: C down, Cᵀ across.
fn transform_pixels(k: u32, row: u32, tiles: u32) {
  let first = (k * SIDE + tiles) * SIDE;
  var down: array<f32, 6>;
  for (var j = 0u; j < SIDE; j++) {
    let at = first + j;
    down[j] = dot(C[row], vec3f(pixels[at], pixels[at + SIDE], pixels[at + 2 * SIDE]));
  }
  let left = vec4f(down[0], down[1], down[2], down[3]);
  let middle = vec4f(down[1], down[2], down[3], down[4]);
  let right = vec4f(down[2], down[3], down[4], down[5]);
  for (var column = 0u; column < 4; column++) {
    patches[k * 64 + row * 16 + column * 4 + tiles] = C[column].x * left + C[column].y * middle + C[column].z * right;
  }
}
