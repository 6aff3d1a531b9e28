// conv2d, register-tiled implicit matrix product: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] ·
//   (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i]) + bias[o] + noise[p] + residual[o, p]) · gain
// Layout: x [I, H, W]; w [groups, I/groups, k, k, O/groups], read as vec4 over o, so O/groups is a multiple of 4;
// y [O, OH, OW]; vectors [n] at an offset. Any kernel, stride, padding and number of groups.
// One invocation owns 8 consecutive pixels × 16 channels of y in registers: 12 loads feed 128 multiply-adds, where the
// direct rung needs two loads for each. No workgroup memory and no barrier.

struct Params {
  groups: u32,
  group_in: u32, // I / groups
  group_out: u32, // O / groups
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
  out_scale: u32,
  bias: u32,
  slope: f32, // activation below zero: 1 none, 0 ReLU; a PReLU reads SLOPES instead
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> slot0: array<f32>; // optional operands, see `operand`
@group(0) @binding(5) var<storage, read> slot1: array<f32>;
@group(0) @binding(6) var<storage, read> slot2: array<f32>;
@group(0) @binding(7) var<storage, read> slot3: array<f32>;
@group(0) @binding(8) var<storage, read> slot4: array<f32>;

// Slot of each optional operand; 5 = absent.
override IN_SCALE: u32 = 5;
override IN_SHIFT: u32 = 5;
override OUT_SCALE: u32 = 5;
override BIAS: u32 = 5;
override NOISE: u32 = 5;
override RESIDUAL: u32 = 5;
override SLOPES: u32 = 5;

// Element `index` of the operand in `slot`; `slot` is an override, so the switch folds away.
fn operand(slot: u32, index: u32) -> f32 {
  switch slot {
    case 0: { return slot0[index]; }
    case 1: { return slot1[index]; }
    case 2: { return slot2[index]; }
    case 3: { return slot3[index]; }
    default: { return slot4[index]; }
  }
}

// Writes channel `o` of one pixel.
fn finish(sum: f32, o: u32, at: u32) {
  let pixels = params.out_height * params.out_width;
  if (at >= pixels) { return; }
  var v = sum;
  if (OUT_SCALE < 5) { v *= operand(OUT_SCALE, params.out_scale + o); }
  if (BIAS < 5) { v += operand(BIAS, params.bias + o); }
  if (NOISE < 5) { v += operand(NOISE, at); }
  if (RESIDUAL < 5) { v += operand(RESIDUAL, o * pixels + at); }
  var slope = params.slope;
  if (SLOPES < 5) { slope = operand(SLOPES, o); }
  y[o * pixels + at] = select(v * slope, v, v >= 0) * params.gain;
}

struct Sums { // four channels × eight pixels; column c of each matrix is channel c
  a: mat4x4f,
  b: mat4x4f,
}

fn accumulate(sums: ptr<function, Sums>, xa: vec4f, xb: vec4f, w4: vec4f) {
  (*sums).a += mat4x4f(xa * w4.x, xa * w4.y, xa * w4.z, xa * w4.w);
  (*sums).b += mat4x4f(xb * w4.x, xb * w4.y, xb * w4.z, xb * w4.w);
}

fn finish_sums(sums: Sums, o: u32, at: u32) {
  for (var c = 0u; c < 4; c++) {
    for (var p = 0u; p < 4; p++) {
      finish(sums.a[c][p], o + c, at + p);
      finish(sums.b[c][p], o + c, at + 4 + p);
    }
  }
}

// x at four positions of one channel, zero where `inside` says so.
fn gather(base: i32, row: vec4i, column: vec4i, scale: f32, shift: f32) -> vec4f {
  let rows = vec4u(params.height); // negative positions wrap around to large ones
  let columns = vec4u(params.width);
  let inside = (vec4u(row) < rows) & (vec4u(column) < columns);
  let at = select(vec4i(0), base + row * i32(params.width) + column, inside);
  return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) * scale + shift, inside);
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let pixel_blocks = (params.out_height * params.out_width + 7) / 8;
  let channel_blocks = (params.group_out + 15) / 16;
  if (index >= params.groups * channel_blocks * pixel_blocks) { return; }
  let p = index % pixel_blocks * 8;
  let channel_block = index / pixel_blocks % channel_blocks;
  let group = index / (pixel_blocks * channel_blocks);

  let pa = vec4i(i32(p)) + vec4i(0, 1, 2, 3);
  let pb = pa + 4;
  let out_width = i32(params.out_width);
  let stride = i32(params.stride);
  let top_a = pa / out_width * stride - i32(params.padding);
  let left_a = pa % out_width * stride - i32(params.padding);
  let top_b = pb / out_width * stride - i32(params.padding);
  let left_b = pb % out_width * stride - i32(params.padding);

  let quads = params.group_out / 4;
  let last = quads - 1; // a block that hangs over reads the last channels again and does not write them
  let q = channel_block * 4;
  var s0: Sums;
  var s1: Sums;
  var s2: Sums;
  var s3: Sums;
  for (var c = 0u; c < params.group_in; c++) {
    let i = group * params.group_in + c;
    let base = i32(i * params.height * params.width);
    var scale = 1.0;
    var shift = 0.0;
    if (IN_SCALE < 5) { scale = operand(IN_SCALE, params.in_scale + i); }
    if (IN_SHIFT < 5) { shift = operand(IN_SHIFT, params.in_shift + i); }
    var at = i * params.kernel * params.kernel * quads;
    for (var ky = 0; ky < i32(params.kernel); ky++) {
      for (var kx = 0; kx < i32(params.kernel); kx++) {
        let xa = gather(base, top_a + ky, left_a + kx, scale, shift);
        let xb = gather(base, top_b + ky, left_b + kx, scale, shift);
        accumulate(&s0, xa, xb, w[at + q]);
        accumulate(&s1, xa, xb, w[at + min(q + 1, last)]);
        accumulate(&s2, xa, xb, w[at + min(q + 2, last)]);
        accumulate(&s3, xa, xb, w[at + min(q + 3, last)]);
        at += quads;
      }
    }
  }
  let o = group * params.group_out + channel_block * 16;
  finish_sums(s0, o, p);
  if (q + 1 <= last) { finish_sums(s1, o + 4, p); }
  if (q + 2 <= last) { finish_sums(s2, o + 8, p); }
  if (q + 3 <= last) { finish_sums(s3, o + 12, p); }
}
