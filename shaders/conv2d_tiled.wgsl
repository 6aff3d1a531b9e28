// conv2d, register-tiled implicit matrix product: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] ·
//   (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i]) + bias[o] + noise[p] + residual[o, p]) · gain
// Layout: see parts/conv2d; w is read as vec4 over o, so O/groups is a multiple of 4; vectors [n] at an offset.
// One invocation owns 8 consecutive pixels × 16 channels of y in registers: 12 loads feed 128 multiply-adds, where the
// direct rung needs two loads for each. No workgroup memory and no barrier.

@group(0) @binding(7) var<storage, read> w: array<vec4f>;

// Four channels × eight pixels; column c of each matrix is channel c.
struct Sums {
  near: mat4x4f, // the first four pixels
  far: mat4x4f,
}

fn accumulate(sums: ptr<function, Sums>, near: vec4f, far: vec4f, weights: vec4f) {
  (*sums).near += mat4x4f(near * weights.x, near * weights.y, near * weights.z, near * weights.w);
  (*sums).far += mat4x4f(far * weights.x, far * weights.y, far * weights.z, far * weights.w);
}

// Writes channel `o` of one pixel; nothing past the last one.
fn finish(sum: f32, o: u32, pixel: u32) {
  let pixels = params.out_height * params.out_width;
  if (pixel >= pixels) { return; }
  let element = o * pixels + pixel;
  y[element] = epilogue(sum, o, pixel, element);
}

fn finish_sums(sums: Sums, o: u32, pixel: u32) {
  for (var c = 0u; c < 4; c++) {
    for (var p = 0u; p < 4; p++) {
      finish(sums.near[c][p], o + c, pixel + p);
      finish(sums.far[c][p], o + c, pixel + 4 + p);
    }
  }
}

// Four pixels whose windows begin at rows `top` and columns `left` of x.
struct Windows {
  top: vec4i,
  left: vec4i,
}

fn windows_of(pixels: vec4i) -> Windows {
  let out_width = i32(params.out_width);
  let stride = i32(params.stride);
  let padding = i32(params.padding);
  return Windows(pixels / out_width * stride - padding, pixels % out_width * stride - padding);
}

// What tap (ky, kx) of four windows reads in the channel that begins at `first`, zero outside the picture.
fn gather(first: i32, windows: Windows, ky: i32, kx: i32, scale: f32, shift: f32) -> vec4f {
  let row = windows.top + ky;
  let column = windows.left + kx;
  let inside = (vec4u(row) < vec4u(params.height)) & (vec4u(column) < vec4u(params.width)); // negative ones wrap around
  let at = select(vec4i(0), first + row * i32(params.width) + column, inside);
  return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) * scale + shift, inside);
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let pixel_blocks = (params.out_height * params.out_width + 7) / 8;
  let channel_blocks = (params.group_out + 15) / 16;
  if (index >= params.groups * channel_blocks * pixel_blocks) { return; }
  let pixel = index % pixel_blocks * 8;
  let channel_block = index / pixel_blocks % channel_blocks;
  let group = index / (pixel_blocks * channel_blocks);
  let near = windows_of(vec4i(i32(pixel)) + vec4i(0, 1, 2, 3));
  let far = windows_of(vec4i(i32(pixel)) + vec4i(4, 5, 6, 7));

  let quads = params.group_out / 4;
  let last = quads - 1; // a block that hangs over reads the last channels again and does not write them
  let quad = channel_block * 4;
  var sums0: Sums;
  var sums1: Sums;
  var sums2: Sums;
  var sums3: Sums;
  for (var c = 0u; c < params.group_in; c++) {
    let i = group * params.group_in + c;
    let first = i32(i * params.height * params.width);
    let scale = in_scale(i);
    let shift = in_shift(i);
    var row = i * params.kernel * params.kernel * quads;
    for (var ky = 0; ky < i32(params.kernel); ky++) {
      for (var kx = 0; kx < i32(params.kernel); kx++) {
        let values = gather(first, near, ky, kx, scale, shift);
        let more = gather(first, far, ky, kx, scale, shift);
        accumulate(&sums0, values, more, w[row + quad]);
        accumulate(&sums1, values, more, w[row + min(quad + 1, last)]);
        accumulate(&sums2, values, more, w[row + min(quad + 2, last)]);
        accumulate(&sums3, values, more, w[row + min(quad + 3, last)]);
        row += quads;
      }
    }
  }
  let o = group * params.group_out + channel_block * 16;
  finish_sums(sums0, o, pixel);
  if (quad + 1 <= last) { finish_sums(sums1, o + 4, pixel); }
  if (quad + 2 <= last) { finish_sums(sums2, o + 8, pixel); }
  if (quad + 3 <= last) { finish_sums(sums3, o + 12, pixel); }
}
