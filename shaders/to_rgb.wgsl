// toRGB: y[o, Y, X] = Σ_i x[i, Y, X] · s[i] · w[i, o] + bias[o] + up(skip)[o, Y, X], o < 3
// up: zero-insert ×2, padding (2, 1), FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64: along one axis, Y = 2p is skip[p − 1]/4 + 3 skip[p]/4
// and Y = 2p + 1 is 3 skip[p]/4 + skip[p + 1]/4.
// One invocation computes three colours of four pixels of a row, so that a style and its weights are loaded once for four
// pixels, and eight values of skip serve the four; neighbours in a workgroup read neighbouring pixels.

struct Params {
  in_channels: u32,
  height: u32,
  width: u32, // in pixels, a multiple of 4
  styles: u32, // element offsets of s and bias
  bias: u32,
  has_skip: u32, // 1 or 0
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [I, H, W/4]
@group(0) @binding(2) var<storage, read> w: array<f32>; // [I, 1, 1, 3]
@group(0) @binding(3) var<storage, read> s: array<f32>; // [I]
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [3]
@group(0) @binding(5) var<storage, read> skip: array<f32>; // [3, H/2, W/2]
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>; // [3, H, W/4]

// skip[o, row, column], zero outside.
fn skip_at(o: u32, row: i32, column: i32) -> f32 {
  let half = vec2i(i32(params.height / 2), i32(params.width / 2));
  if (row < 0 || column < 0 || row >= half.x || column >= half.y) { return 0; }
  return skip[(o * u32(half.x) + u32(row)) * u32(half.y) + u32(column)];
}

// Four neighbours of a row of skip, from `column` on.
fn skip_row(o: u32, row: i32, column: i32) -> vec4f {
  return vec4f(skip_at(o, row, column), skip_at(o, row, column + 1), skip_at(o, row, column + 2), skip_at(o, row, column + 3));
}

// Four pixels of a row from `column` on, an even number.
fn upsampled(o: u32, row: u32, column: u32) -> vec4f {
  let p = i32(row / 2);
  let q = i32(column / 2);
  let side = select(p - 1, p + 1, row % 2 == 1); // the neighbour that weighs 1/4
  let v = 0.75 * skip_row(o, p, q - 1) + 0.25 * skip_row(o, side, q - 1);
  return 0.75 * v.yyzz + 0.25 * v.xzyw;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  let row_quads = params.width / 4;
  let quads = params.height * row_quads;
  if (at >= quads) { return; }
  var red = vec4f();
  var green = vec4f();
  var blue = vec4f();
  for (var i = 0u; i < params.in_channels; i++) {
    let styled = x[i * quads + at] * s[params.styles + i];
    red += styled * w[3 * i];
    green += styled * w[3 * i + 1];
    blue += styled * w[3 * i + 2];
  }
  red += bias[params.bias];
  green += bias[params.bias + 1];
  blue += bias[params.bias + 2];
  if (params.has_skip == 1) {
    let row = at / row_quads;
    let column = at % row_quads * 4;
    red += upsampled(0, row, column);
    green += upsampled(1, row, column);
    blue += upsampled(2, row, column);
  }
  y[at] = red;
  y[quads + at] = green;
  y[2 * quads + at] = blue;
}
