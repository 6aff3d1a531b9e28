// ssimTerms, backward: from the gradients to a channel's mean contrast and mean SSIM to the window means of a, a² and a·b.
// One invocation a window.

@group(0) @binding(3) var<storage, read> dstatistics: array<f32>; // [scales, 2, C]
@group(0) @binding(4) var<storage, read_write> dmeans: array<f32>; // of a, a², a·b [3, C, H, W]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let count = params.rows * params.width;
  if (index >= count) { return; }
  let windows = params.height * params.width;
  let channel = params.first + index / windows;
  let t = terms_of(index);
  let to_ssim = dstatistics[channel + params.channels] / f32(windows);
  let to_contrast = dstatistics[channel] / f32(windows) + to_ssim * t.luminance;
  let to_luminance = to_ssim * t.contrast;
  let to_numerator = to_contrast / t.variances;
  let to_variances = -to_contrast * t.contrast / t.variances;
  dmeans[index] = -2 * (t.b * to_numerator + t.a * to_variances)
    + 2 * to_luminance * (t.b - t.a * t.luminance) / t.brightness;
  dmeans[count + index] = to_variances;
  dmeans[2 * count + index] = 2 * to_numerator;
}
