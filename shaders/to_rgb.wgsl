// toRGB: y[o, Y, X] = Σ_i x[i, Y, X] · style[i] · w[i, o] + bias[o] + up(skip)[o, Y, X], o < 3
// up: zero-insert ×2, padding (2, 1), FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64: along one axis, Y = 2p is skip[p − 1]/4 + 3 skip[p]/4
// and Y = 2p + 1 is 3 skip[p]/4 + skip[p + 1]/4.
// One invocation computes three colours of four pixels of a row, so that a style and its weights are loaded once for four
// pixels, and eight values of skip serve the four; neighbours in a workgroup read neighbouring pixels. A small picture has too few
// pixels to fill a GPU: there SHARERS invocations each sum a part of the inputs, and add up through workgroup memory.

struct Params {
  in_channels: u32,
  height: u32,
  width: u32, // in pixels, a multiple of 4
  styles: u32, // element offsets of style and bias
  bias: u32,
  has_skip: u32, // 1 or 0
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [I, H, W/4]
@group(0) @binding(2) var<storage, read> w: array<f32>; // [I, 1, 1, 3]
@group(0) @binding(3) var<storage, read> style: array<f32>; // [I]
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [3]
@group(0) @binding(5) var<storage, read> skip: array<f32>; // [3, H/2, W/2]
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>; // [3, H, W/4]

override SHARERS: u32 = 1; // invocations for the same pixels, a power of two

const WORKGROUP_SIZE = 64u;
alias Partial = mat3x4f;

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
  let four = 0.75 * skip_row(o, p, q - 1) + 0.25 * skip_row(o, side, q - 1);
  return 0.75 * four.yyzz + 0.25 * four.xzyw;
}

// Colour o of four pixels from `place` (column, row) on.
fn finished(sum: vec4f, o: u32, place: vec2u) -> vec4f {
  let colour = sum + bias[params.bias + o];
  if (params.has_skip == 0) { return colour; }
  return colour + upsampled(o, place.y, place.x);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = WORKGROUP_SIZE / SHARERS; // fours of pixels that a workgroup owns
  let index = (group.x + group.y * groups.x) * own + local % own;
  let row_quads = params.width / 4;
  let quads = params.height * row_quads;
  let at = min(index, quads - 1);
  var rgb = mat3x4f();
  for (var i = local / own; i < params.in_channels; i += SHARERS) {
    let styled = x[i * quads + at] * style[params.styles + i];
    rgb += mat3x4f(styled * w[3 * i], styled * w[3 * i + 1], styled * w[3 * i + 2]);
  }
  if (SHARERS > 1) { rgb = shared_sum(rgb, local, own); }
  if (local >= own || index >= quads) { return; }
  let place = vec2u(at % row_quads * 4, at / row_quads);
  y[at] = finished(rgb[0], 0, place);
  y[quads + at] = finished(rgb[1], 1, place);
  y[2 * quads + at] = finished(rgb[2], 2, place);
}
