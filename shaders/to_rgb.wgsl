// toRGB: y[o, Y, X] = Σ_i x[i, Y, X] · s[i] · w[i, o] + bias[o] + up(skip)[o, Y, X], o < 3
// up: zero-insert ×2, padding (2, 1), FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64: along one axis, Y = 2p is skip[p − 1]/4 + 3 skip[p]/4
// and Y = 2p + 1 is 3 skip[p]/4 + skip[p + 1]/4.
// One invocation computes three colours of one pixel; neighbours in a workgroup read neighbouring pixels, all read one w.

struct Params {
  in_channels: u32,
  height: u32,
  width: u32,
  styles: u32, // element offsets of s and bias
  bias: u32,
  has_skip: u32, // 1 or 0
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [I, H, W]
@group(0) @binding(2) var<storage, read> w: array<f32>; // [I, 1, 1, 3]
@group(0) @binding(3) var<storage, read> s: array<f32>; // [I]
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [3]
@group(0) @binding(5) var<storage, read> skip: array<f32>; // [3, H/2, W/2]
@group(0) @binding(6) var<storage, read_write> y: array<f32>; // [3, H, W]

// skip[o, row, column], zero outside.
fn skip_at(o: u32, row: i32, column: i32) -> f32 {
  let half = vec2i(i32(params.height / 2), i32(params.width / 2));
  if (row < 0 || column < 0 || row >= half.x || column >= half.y) { return 0; }
  return skip[(o * u32(half.x) + u32(row)) * u32(half.y) + u32(column)];
}

fn upsampled(o: u32, row: u32, column: u32) -> f32 {
  let p = i32(row / 2);
  let q = i32(column / 2);
  let side_p = select(p - 1, p + 1, row % 2 == 1); // the neighbour that weighs 1/4
  let side_q = select(q - 1, q + 1, column % 2 == 1);
  let near = 0.75 * skip_at(o, p, q) + 0.25 * skip_at(o, p, side_q);
  let far = 0.75 * skip_at(o, side_p, q) + 0.25 * skip_at(o, side_p, side_q);
  return 0.75 * near + 0.25 * far;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (at >= pixels) { return; }
  var sum = vec3f(0);
  for (var i = 0u; i < params.in_channels; i++) {
    sum += x[i * pixels + at] * s[params.styles + i] * vec3f(w[3 * i], w[3 * i + 1], w[3 * i + 2]);
  }
  for (var o = 0u; o < 3; o++) {
    var v = sum[o] + bias[params.bias + o];
    if (params.has_skip == 1) { v += upsampled(o, at / params.width, at % params.width); }
    y[o * pixels + at] = v;
  }
}
