// upConv, direct: y = act(out_scale[o] · FIR(T)[o] + bias[o] + noise) · gain with the transposed convolution
//   T[o, 2p + a, 2q + b] += x[i, p, q] · in_scale[i] · w[i, a, b, o]   (stride 2, no padding, side 2H + 1)
// and the FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64, padding (1, 1), so that y is [O, 2H, 2W]. T is never stored.
// Along one axis, output Y = 2p + phase sees three inputs x[p − 1], x[p], x[p + 1] through taps composed of FIR and w:
//   phase 0: (f0 w1 + f1 w2), (f1 w0 + f2 w1 + f3 w2), (f3 w0)    phase 1: (f0 w2), (f0 w0 + f1 w1 + f2 w2), (f2 w0 + f3 w1)
// One invocation computes one element of y and composes its taps itself. The rung the others are compared with.

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

// Weights of x[p − 1], x[p], x[p + 1] for one phase, from the three taps of one axis; f = [1, 3, 3, 1] / 4.
fn compose(phase: u32, taps: vec3f) -> vec3f {
  if (phase == 0) {
    return vec3f(dot(taps.yz, vec2f(0.25, 0.75)), dot(taps, vec3f(0.75, 0.75, 0.25)), taps.x * 0.25);
  }
  return vec3f(taps.z * 0.25, dot(taps, vec3f(0.25, 0.75, 0.75)), dot(taps.xy, vec2f(0.75, 0.25)));
}

// x[i, row, column − 1 .. column + 1], zero outside the picture.
fn neighbours(i: u32, row: i32, column: i32) -> vec3f {
  var three = vec3f(0);
  if (row < 0 || row >= i32(params.height)) { return three; }
  let at = i32((i * params.height + u32(row)) * params.width) + column;
  if (column > 0) { three.x = x[at - 1]; }
  three.y = x[at];
  if (column + 1 < i32(params.width)) { three.z = x[at + 1]; }
  return three;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = 4 * params.height * params.width;
  if (index >= params.out_channels * pixels) { return; }
  let o = index / pixels;
  let pixel = index % pixels;
  let row = pixel / (2 * params.width);
  let column = pixel % (2 * params.width);

  var sum = 0.0;
  for (var i = 0u; i < params.in_channels; i++) {
    var along_x: array<vec3f, 3>; // for each weight row: the three inputs' weights along x
    for (var a = 0u; a < 3; a++) {
      let first = ((i * 3 + a) * 3) * params.out_channels + o;
      along_x[a] = compose(column % 2, vec3f(w[first], w[first + params.out_channels], w[first + 2 * params.out_channels]));
    }
    var above: vec3f;
    var here: vec3f;
    var below: vec3f;
    for (var c = 0u; c < 3; c++) {
      let along_y = compose(row % 2, vec3f(along_x[0][c], along_x[1][c], along_x[2][c]));
      above[c] = along_y.x;
      here[c] = along_y.y;
      below[c] = along_y.z;
    }
    let p = i32(row / 2);
    let q = i32(column / 2);
    let part = dot(above, neighbours(i, p - 1, q)) + dot(here, neighbours(i, p, q)) + dot(below, neighbours(i, p + 1, q));
    sum += part * in_scale(i);
  }
  y[index] = epilogue(sum, o, pixel, index);
}
