// gatherRows: r[q, tap, c] = what pixel q of a convolution's output reads: its taps of every channel, pixel by pixel, so that a
// product over pixels of two such matrices is the gradient of the filter. C′ is C rounded up to 4; rows of r may be longer, their
// rest is not written. Channels beyond C and pixels beyond the last are zero.
// Scale and shift of the input act inside the picture only, as in the convolution. One invocation copies all taps of four
// channels at one pixel, so that numbers are divided once for all of them and written in vec4.

struct Params {
  first_channel: u32,
  channels: u32, // C
  height: u32,
  width: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  first_pixel: u32, // of the strip
  pixels: u32, // Q, of the strip
  all_pixels: u32, // of the picture
  row_quads: u32, // of r
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<f32>; // [≥ first + C, H, W]
@group(0) @binding(4) var<storage, read_write> rows: array<vec4f>; // r [Q, row_quads]

alias Mask = vec4<bool>; // a channel each

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let quads = (params.channels + 3) / 4;
  if (index >= params.pixels * quads) { return; }
  let strip_pixel = index / quads;
  let quad = index - strip_pixel * quads;
  let pixel = params.first_pixel + strip_pixel;
  let out_row = pixel / params.out_width;
  let top = i32(out_row * params.stride) - i32(params.padding);
  let left = i32((pixel - out_row * params.out_width) * params.stride) - i32(params.padding);
  let wanted = vec4u(4 * quad) + vec4u(0, 1, 2, 3);
  let channel = params.first_channel + min(wanted, vec4u(params.channels - 1));
  let used = (wanted < vec4u(params.channels)) & Mask(pixel < params.all_pixels);
  let scale = vec4f(in_scale(channel.x), in_scale(channel.y), in_scale(channel.z), in_scale(channel.w));
  let shift = vec4f(in_shift(channel.x), in_shift(channel.y), in_shift(channel.z), in_shift(channel.w));
  let picture = channel * params.height * params.width;
  let kernel = i32(params.kernel);
  let height = i32(params.height);
  let width = i32(params.width);

  var at = strip_pixel * params.row_quads + quad;
  for (var ky = 0; ky < kernel; ky++) {
    let row = top + ky;
    let inside_row = row >= 0 && row < height;
    let first = clamp(row, 0, height - 1) * width;
    for (var kx = 0; kx < kernel; kx++) {
      let column = left + kx;
      let inside = used & Mask(inside_row && column >= 0 && column < width);
      let source = picture + u32(first + clamp(column, 0, width - 1));
      let value = vec4f(x[source.x], x[source.y], x[source.z], x[source.w]) * scale + shift;
      rows[at] = select(vec4f(), value, inside);
      at += quads;
    }
  }
}
