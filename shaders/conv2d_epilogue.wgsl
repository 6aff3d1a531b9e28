// conv2d and upConv, last part: y[o, p] = act(Σ_s m[s, o, p] · out_scale[o] + bias[o] + noise[p] + residual[o, p]) · gain
// m [S, O, P′] with P′ ≥ P = OH·OW: S parts of each sum ("split-K"), or one; y [O, OH, OW]; vectors [n] at an offset.
// One invocation finishes one element.

struct Params {
  out_channels: u32,
  pixels: u32, // P
  padded_pixels: u32, // P′
  parts: u32, // S
  out_scale: u32, // element offsets of the vectors
  bias: u32,
  slope: f32, // activation below zero: 1 none, 0 ReLU; a PReLU reads SLOPES instead
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> m: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read> slot0: array<f32>; // optional operands, see `operand`
@group(0) @binding(4) var<storage, read> slot1: array<f32>;
@group(0) @binding(5) var<storage, read> slot2: array<f32>;
@group(0) @binding(6) var<storage, read> slot3: array<f32>;
@group(0) @binding(7) var<storage, read> slot4: array<f32>;

// Slot of each optional operand; 5 = absent.
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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.out_channels * params.pixels) { return; }
  let o = index / params.pixels;
  let at = index - o * params.pixels;
  var v = 0.0;
  for (var s = 0u; s < params.parts; s++) { v += m[(s * params.out_channels + o) * params.padded_pixels + at]; }
  if (OUT_SCALE < 5) { v *= operand(OUT_SCALE, params.out_scale + o); }
  if (BIAS < 5) { v += operand(BIAS, params.bias + o); }
  if (NOISE < 5) { v += operand(NOISE, at); }
  if (RESIDUAL < 5) { v += operand(RESIDUAL, index); }
  var slope = params.slope;
  if (SLOPES < 5) { slope = operand(SLOPES, o); }
  y[index] = select(v * slope, v, v >= 0) * params.gain;
}
