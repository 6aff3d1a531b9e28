// conv2d, direct: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] · (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i])
//                             + bias[o] + noise[p] + residual[o, p]) · gain
// Layout: x [I, H, W]; w [groups, I/groups, k, k, O/groups]; y [O, OH, OW]; vectors [n] at an offset.
// One invocation computes one element of y and loads everything itself. The rung the others are compared with.

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
@group(0) @binding(2) var<storage, read> w: array<f32>;
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

// Epilogue of output channel `o` at pixel `at` of [OH, OW].
fn finish(sum: f32, o: u32, at: u32) -> f32 {
  var v = sum;
  if (OUT_SCALE < 5) { v *= operand(OUT_SCALE, params.out_scale + o); }
  if (BIAS < 5) { v += operand(BIAS, params.bias + o); }
  if (NOISE < 5) { v += operand(NOISE, at); }
  if (RESIDUAL < 5) { v += operand(RESIDUAL, o * params.out_height * params.out_width + at); }
  var slope = params.slope;
  if (SLOPES < 5) { slope = operand(SLOPES, o); }
  return select(v * slope, v, v >= 0) * params.gain;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.groups * params.group_out * pixels) { return; }
  let o = index / pixels;
  let at = index % pixels;
  let group = o / params.group_out;
  let top = i32(at / params.out_width * params.stride) - i32(params.padding);
  let left = i32(at % params.out_width * params.stride) - i32(params.padding);

  var sum = 0.0;
  for (var c = 0u; c < params.group_in; c++) {
    let i = group * params.group_in + c;
    var scale = 1.0;
    var shift = 0.0;
    if (IN_SCALE < 5) { scale = operand(IN_SCALE, params.in_scale + i); }
    if (IN_SHIFT < 5) { shift = operand(IN_SHIFT, params.in_shift + i); }
    for (var ky = 0u; ky < params.kernel; ky++) {
      let row = top + i32(ky);
      if (row < 0 || row >= i32(params.height)) { continue; }
      for (var kx = 0u; kx < params.kernel; kx++) {
        let column = left + i32(kx);
        if (column < 0 || column >= i32(params.width)) { continue; }
        let value = x[(i * params.height + u32(row)) * params.width + u32(column)] * scale + shift;
        sum += value * w[((i * params.kernel + ky) * params.kernel + kx) * params.group_out + o % params.group_out];
      }
    }
  }
  y[index] = finish(sum, o, at);
}
