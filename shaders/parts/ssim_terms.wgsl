// SSIM of one window from its means: contrast and structure (2σ_ab + C₂) / (σ_a² + σ_b² + C₂), luminance
// (2 μ_a μ_b + C₁) / (μ_a² + μ_b² + C₁), C₁ = (.01 L)², C₂ = (.03 L)². The dynamic range L is given, or guessed as HyperStyle's
// metric does: 2 where any value of the picture lies below −0.5, else 1.

struct Params {
  rows: u32, // C · H
  height: u32,
  width: u32,
  channels: u32,
  first: u32, // of this scale's numbers in `statistics` [scales, 2, C]
  range: f32, // L; 0 where it is guessed
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> means: array<f32>; // of a, b, a², b², a·b [5, C, H, W]
@group(0) @binding(2) var<storage, read> below: array<f32>; // how many values lie below −0.5 [1]

struct Terms {
  a: f32, // means of both pictures
  b: f32,
  contrast: f32,
  luminance: f32,
  // what both are divided by
  variances: f32,
  brightness: f32,
}

fn terms_of(at: u32) -> Terms {
  let count = params.rows * params.width;
  let range = select(params.range, select(1.0, 2.0, below[0] > 0), params.range == 0);
  let c1 = 0.01 * range * 0.01 * range;
  let c2 = 0.03 * range * 0.03 * range;
  var t: Terms;
  t.a = means[at];
  t.b = means[count + at];
  t.variances = means[2 * count + at] - t.a * t.a + means[3 * count + at] - t.b * t.b + c2;
  t.brightness = t.a * t.a + t.b * t.b + c1;
  t.contrast = (2 * (means[4 * count + at] - t.a * t.b) + c2) / t.variances;
  t.luminance = (2 * t.a * t.b + c1) / t.brightness;
  return t;
}
