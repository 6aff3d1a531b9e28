// MS-SSIM from the statistics of its scales: of each group of channels, the product over scales of mean contrast, at the last
// scale of mean SSIM, to the power of the scale's exponent. A group is one channel, or all of them. A negative mean counts as 0
// in the standard form; in the authors' there is no such number.

struct Params {
  scales: u32,
  channels: u32,
  groups: u32, // `channels` or 1
  negative: u32, // bits of what a negative mean counts as
  sign: f32, // −1 where 1 − the mean is the value
  exponent0: f32, // of the finest scale
  exponent1: f32,
  exponent2: f32,
  exponent3: f32,
  exponent4: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> statistics: array<f32>; // [scales, 2, C]

fn exponent_of(scale: u32) -> f32 {
  switch (scale) {
    case 0u: { return params.exponent0; }
    case 1u: { return params.exponent1; }
    case 2u: { return params.exponent2; }
    case 3u: { return params.exponent3; }
    default: { return params.exponent4; }
  }
}

// Where a scale's numbers begin: contrast, at the last scale SSIM.
fn first_of(scale: u32) -> u32 {
  return (2 * scale + select(0u, 1u, scale == params.scales - 1)) * params.channels;
}

fn mean_of(scale: u32, group: u32) -> f32 {
  let each = params.channels / params.groups;
  var sum = 0.0;
  for (var c = 0u; c < each; c++) { sum += statistics[first_of(scale) + group * each + c]; }
  let mean = sum / f32(each);
  return select(mean, bitcast<f32>(params.negative), mean < 0);
}

fn product_of(group: u32) -> f32 {
  var product = 1.0;
  for (var scale = 0u; scale < params.scales; scale++) { product *= pow(mean_of(scale, group), exponent_of(scale)); }
  return product;
}
