// upConv as one matrix product, last part: y = act(FIR(T)[o] · out_scale[o] + bias[o] + noise) · gain, with the transposed
// convolution T[o, 2p + a, 2q + b] += m[a, b, o, (p, q)] (stride 2, no padding) and the FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64,
// padding (1, 1), so that y is [O, 2H, 2W]. T is never stored.
// m [3·3·O, P′]: what each weight makes of each pixel, a strip of rows from first_row on; y rows 2·top .. 2·(top + rows) − 1.
// With f = [1, 3, 3, 1] / 4, along one axis y[2p + φ] = Σ_dp,a f[2dp + a − φ + 1] · m[a, p + dp].
// One invocation makes 4 × 4 pixels of y from the pixels (p, q) .. (p + 1, q + 1) and their neighbours: 100 loads, and a loop over
// the ten pairs (dp, a) keeps the code small.

struct Params {
  out_channels: u32,
  height: u32, // H of the whole picture
  width: u32,
  first_row: u32, // of m
  top: u32, // first input row of the dispatch, even
  rows: u32,
  padded_pixels: u32, // P′
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

override HANGS_OVER: bool; // H or W is odd; a guard around each pixel costs a CPU a third of the time

// Slot of each optional operand; 5 = absent.
override OUT_SCALE: u32 = 5;
override BIAS: u32 = 5;
override NOISE: u32 = 5;
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

// Writes output pixels (row, column) and (row, column + 1) of channel `o`; nothing beyond the edge.
fn finish(sums: vec2f, o: u32, row: u32, column: u32) {
  let width = 2 * params.width;
  if (HANGS_OVER && (row >= 2 * params.height || column >= width)) { return; }
  let at = row * width + column;
  var v = sums;
  if (OUT_SCALE < 5) { v *= operand(OUT_SCALE, params.out_scale + o); }
  if (BIAS < 5) { v += operand(BIAS, params.bias + o); }
  if (NOISE < 5) { v += vec2f(operand(NOISE, at), operand(NOISE, at + 1)); }
  var slope = params.slope;
  if (SLOPES < 5) { slope = operand(SLOPES, o); }
  v = select(v * slope, v, v >= vec2f()) * params.gain;
  let first = o * 4 * params.height * params.width + at;
  y[first] = v.x;
  y[first + 1] = v.y;
}

// f[k], zero outside.
fn fir(k: i32) -> f32 {
  return select(select(0.0, 0.25, k == 0 || k == 3), 0.75, k == 1 || k == 2);
}

// Columns q − 1 .. q + 2 of one row of m, zero outside the picture.
struct Columns {
  at: vec4u,
  inside: vec4<bool>,
}

// Four output columns 2q .. 2q + 3 before the vertical sum, of row `line` of m's channels b = 0, 1, 2 that lie `stride` apart.
fn horizontal(line: u32, stride: u32, columns: Columns) -> vec4f {
  let at = line + columns.at;
  let b0 = select(vec4f(), vec4f(0, m[at.y], m[at.z], m[at.w]), columns.inside);
  let b1 = select(vec4f(), vec4f(m[at.x + stride], m[at.y + stride], m[at.z + stride], m[at.w + stride]), columns.inside);
  let b2 = select(vec4f(), vec4f(m[at.x + 2 * stride], m[at.y + 2 * stride], m[at.z + 2 * stride], 0), columns.inside);
  let even = 0.25 * (b1.xy + b2.yz + b0.zw) + 0.75 * (b2.xy + b0.yz + b1.yz);
  let odd = 0.25 * (b2.xy + b0.yz + b1.zw) + 0.75 * (b1.yz + b2.yz + b0.zw);
  return vec4f(even.x, odd.x, even.y, odd.y);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let width = params.width;
  let across = (width + 1) / 2;
  let down = (params.rows + 1) / 2;
  if (index >= params.out_channels * down * across) { return; }
  let q = index % across * 2;
  let p = index / across % down * 2 + params.top;
  let o = index / (across * down);

  let around = vec4i(i32(q)) + vec4i(-1, 0, 1, 2);
  let inside = vec4u(around) < vec4u(width); // negative ones wrap to large ones
  let columns = Columns(vec4u(clamp(around, vec4i(), vec4i(i32(width) - 1))), inside);
  let stride = params.out_channels * params.padded_pixels;
  let height = i32(params.height);
  var y0 = vec4f(); // rows 2p .. 2p + 3 of y
  var y1 = vec4f();
  var y2 = vec4f();
  var y3 = vec4f();
  for (var pair = 1; pair < 11; pair++) { // (dp, a) = (−1, 1), (−1, 2), (0, 0) .. (1, 2), (2, 0), (2, 1)
    let dp = pair / 3 - 1;
    let a = pair % 3;
    let row = i32(p) + dp;
    let line = u32(a) * 3 * stride + o * params.padded_pixels + (u32(clamp(row, 0, height - 1)) - params.first_row) * width;
    let sums = select(vec4f(), horizontal(line, stride, columns), row >= 0 && row < height);
    let k = 2 * dp + a + 1;
    y0 += fir(k) * sums;
    y1 += fir(k - 1) * sums;
    y2 += fir(k - 2) * sums;
    y3 += fir(k - 3) * sums;
  }
  finish(y0.xy, o, 2 * p, 2 * q);
  finish(y0.zw, o, 2 * p, 2 * q + 2);
  finish(y1.xy, o, 2 * p + 1, 2 * q);
  finish(y1.zw, o, 2 * p + 1, 2 * q + 2);
  finish(y2.xy, o, 2 * p + 2, 2 * q);
  finish(y2.zw, o, 2 * p + 2, 2 * q + 2);
  finish(y3.xy, o, 2 * p + 3, 2 * q);
  finish(y3.zw, o, 2 * p + 3, 2 * q + 2);
}
