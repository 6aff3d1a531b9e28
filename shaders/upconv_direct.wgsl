// upConv, direct: y = act(out_scale[o] · FIR(T)[o] + bias[o] + noise) · gain with the transposed convolution
//   T[o, 2p + a, 2q + b] += x[i, p, q] · in_scale[i] · w[i, a, b, o]   (stride 2, no padding, side 2H + 1)
// and the FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64, padding (1, 1), so that y is [O, 2H, 2W]. T is never stored.
// Along one axis, output Y = 2p + phase sees three inputs x[p − 1], x[p], x[p + 1] through taps composed of FIR and w:
//   phase 0: (f0 w1 + f1 w2), (f1 w0 + f2 w1 + f3 w2), (f3 w0)    phase 1: (f0 w2), (f0 w0 + f1 w1 + f2 w2), (f2 w0 + f3 w1)
// One invocation computes the four elements of y over one pixel of x. The rung the others are compared with.

struct Params {
  in_channels: u32,
  out_channels: u32,
  height: u32, // of x
  width: u32,
  in_scale: u32, // element offsets of the vectors
  out_scale: u32,
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> x: array<f32>; // [I, H, W]
@group(0) @binding(7) var<storage, read> w: array<f32>; // [I, 3, 3, O]
@group(0) @binding(8) var<storage, read_write> y: array<f32>; // [O, 2H, 2W]

// What w0, w1 and w2 (a column each) give x[p − 1], x[p] and x[p + 1] in phases 0 and 1; f = [1, 3, 3, 1] / 4.
const EVEN = mat3x3f(vec3f(0, 0.75, 0.25), vec3f(0.25, 0.75, 0), vec3f(0.75, 0.25, 0));
const ODD = mat3x3f(vec3f(0, 0.25, 0.75), vec3f(0, 0.75, 0.25), vec3f(0.25, 0.75, 0));

// The three numbers of a column of x, zero where they are outside the picture.
fn seen(column: u32, rows: vec3u, inside: vec3<bool>) -> vec3f {
  return select(vec3f(0), vec3f(x[rows.x + column], x[rows.y + column], x[rows.z + column]), inside);
}

// w[i, a, 0 .. 2, o], `first` being the first of them.
fn weights(first: u32) -> vec3f {
  return vec3f(w[first], w[first + params.out_channels], w[first + 2 * params.out_channels]);
}

fn inner(a: mat3x3f, b: mat3x3f) -> f32 {
  return dot(a[0], b[0]) + dot(a[1], b[1]) + dot(a[2], b[2]);
}

fn finish(sum: f32, o: u32, row: u32, column: u32) {
  let pixel = row * 2 * params.width + column;
  let index = o * 4 * params.height * params.width + pixel;
  y[index] = epilogue(sum, o, pixel, index);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.out_channels * pixels) { return; }
  let o = index / pixels;
  let p = (index % pixels) / params.width;
  let q = index % params.width;
  let rows = params.width * vec3u(max(p, 1) - 1, p, min(p + 1, params.height - 1));
  let rows_inside = vec3<bool>(p > 0, true, p + 1 < params.height);
  let left = max(q, 1) - 1;
  let right = min(q + 1, params.width - 1);
  let left_inside = rows_inside & vec3<bool>(q > 0);
  let right_inside = rows_inside & vec3<bool>(q + 1 < params.width);

  var sums = vec4f(0); // upper left, upper right, lower left, lower right
  for (var i = 0u; i < params.in_channels; i++) {
    let at = i * pixels + rows;
    let picture = mat3x3f(seen(left, at, left_inside), seen(q, at, rows_inside), seen(right, at, right_inside));
    let first = i * 9 * params.out_channels + o;
    let filter_rows = mat3x3f(
      weights(first),
      weights(first + 3 * params.out_channels),
      weights(first + 6 * params.out_channels),
    );
    let even = picture * (EVEN * filter_rows); // filtered along x: a row of w in a column, rows of x within
    let odd = picture * (ODD * filter_rows);
    sums += in_scale(i) * vec4f(inner(EVEN, even), inner(EVEN, odd), inner(ODD, even), inner(ODD, odd));
  }
  finish(sums.x, o, 2 * p, 2 * q);
  finish(sums.y, o, 2 * p, 2 * q + 1);
  finish(sums.z, o, 2 * p + 1, 2 * q);
  finish(sums.w, o, 2 * p + 1, 2 * q + 1);
}
