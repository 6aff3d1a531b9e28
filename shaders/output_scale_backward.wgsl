// conv2d, backward to its output scale d: dd[o] = Σ_p du[o, p] · z[o, p], z = (u − bias − noise − residual) / d the bare sums of the
// convolution. They are not kept: u, what the activation was given, is found from its output y (slope and gain are positive; of a
// ReLU's zeros du is zero anyway). One workgroup a channel.

struct Params {
  rows: u32, // O
  pixels: u32, // P
  scale: u32, // first element of d
  bias: u32, // first element of the bias
  has_bias: u32,
  has_noise: u32,
  has_residual: u32,
  slope: f32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> du: array<f32>; // [O, P]
@group(0) @binding(2) var<storage, read> y: array<f32>; // [O, P]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // d
@group(0) @binding(4) var<storage, read> biases: array<f32>; // bias
@group(0) @binding(5) var<storage, read> noise: array<f32>; // [P]
@group(0) @binding(6) var<storage, read> residual: array<f32>; // [O, P]
@group(0) @binding(7) var<storage, read_write> sums: array<f32>; // dd [O]

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  let first = row * params.pixels;
  var bias = 0.0;
  if (params.has_bias == 1) { bias = biases[params.bias + row]; }
  var sum = 0.0;
  for (var p = local; p < params.pixels; p += WORKGROUP_SIZE) {
    let out = y[first + p] / params.gain;
    var z = out;
    if (out < 0) { z = out / params.slope; }
    z -= bias;
    if (params.has_noise == 1) { z -= noise[p]; }
    if (params.has_residual == 1) { z -= residual[first + p]; }
    sum += du[first + p] * z;
  }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local == 0) { sums[row] = sum / scales[params.scale + row]; }
}
