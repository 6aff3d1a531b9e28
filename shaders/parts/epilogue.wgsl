// What follows a convolution's sum: act(sum · out_scale[o] + bias[o] + noise[pixel] + residual[element]) · gain.
// Needs operands; of params: element offsets `out_scale` and `bias`, `gain`, and `slope`, the activation below zero: 1 none, 0 ReLU.
// A PReLU has a slope a channel instead.

override OUT_SCALE: u32 = 5;
override BIAS: u32 = 5;
override NOISE: u32 = 5;
override RESIDUAL: u32 = 5;
override SLOPES: u32 = 5;

// Result of output channel `o` at `pixel` of [OH, OW], which is `element` of [O, OH, OW].
fn epilogue(sum: f32, o: u32, pixel: u32, element: u32) -> f32 {
  var value = sum;
  if (OUT_SCALE != ABSENT_SLOT) { value *= operand(OUT_SCALE, params.out_scale + o); }
  if (BIAS != ABSENT_SLOT) { value += operand(BIAS, params.bias + o); }
  if (NOISE != ABSENT_SLOT) { value += operand(NOISE, pixel); }
  if (RESIDUAL != ABSENT_SLOT) { value += operand(RESIDUAL, element); }
  var slope = params.slope;
  if (SLOPES != ABSENT_SLOT) { slope = operand(SLOPES, o); }
  return select(value * slope, value, value >= 0) * params.gain;
}
