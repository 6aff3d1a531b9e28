// What follows a convolution's sums, four pixels at a time: act(sums · out_scale[o] + bias[o] + noise + residual) · gain.
// Bindings 1 … 5; see `bindVec4Epilogue` in src/kernels/epilogue.ts. Needs `y: array<vec4f>`; of params: element offsets
// `out_scale`, `bias` and `slopes`, which tell whether a vector is there (an override each would multiply the pipelines), `gain`,
// and `slope`, the activation below zero where there are no slopes: 1 none, 0 ReLU.

override NOISE: bool = false;
override RESIDUAL: bool = false;

const ABSENT = 0xffffffffu;

@group(0) @binding(1) var<storage, read> scales: array<f32>;
@group(0) @binding(2) var<storage, read> biases: array<f32>;
@group(0) @binding(3) var<storage, read> slopes: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<vec4f>;
@group(0) @binding(5) var<storage, read> residual: array<vec4f>;

// What a channel's pixels share.
struct Channel {
  first: u32, // of y, in vec4
  scale: f32,
  bias: f32,
  slope: f32,
}

// Output channel `o`. It always loads: lavapipe would specialise a branch at each dispatch.
fn channel_of(o: u32, first: u32) -> Channel {
  let scaled = params.out_scale != ABSENT;
  let biased = params.bias != ABSENT;
  let sloped = params.slopes != ABSENT;
  let scale = select(1.0, scales[select(0, params.out_scale + o, scaled)], scaled);
  let bias = select(0.0, biases[select(0, params.bias + o, biased)], biased);
  let slope = select(params.slope, slopes[select(0, params.slopes + o, sloped)], sloped);
  return Channel(first, scale, bias, slope);
}

// Writes four pixels, vector `at` of the channel.
fn finish(sums: vec4f, channel: Channel, at: u32) {
  var values = sums * channel.scale + channel.bias;
  if (NOISE) { values += noise[at]; }
  if (RESIDUAL) { values += residual[channel.first + at]; }
  y[channel.first + at] = select(values * channel.slope, values, values >= vec4f()) * params.gain;
}
