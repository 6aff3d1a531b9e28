// conv2d and upConv, last part: y[o, p] = act(Σ_s sums[s, o, p] · out_scale[o] + bias[o] + noise[p] + residual[o, p]) · gain
// sums [S, O, P′] with P′ ≥ P = OH·OW: S parts of each sum ("split-K"), or one; y [O, OH, OW]; vectors [n] at an offset.
// One invocation finishes one element.

struct Params {
  out_channels: u32,
  pixels: u32, // P
  padded_pixels: u32, // P′
  parts: u32, // S
  out_scale: u32, // element offsets of the vectors
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> sums: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.out_channels * params.pixels) { return; }
  let o = index / params.pixels;
  let pixel = index - o * params.pixels;
  var sum = 0.0;
  for (var part = 0u; part < params.parts; part++) {
    sum += sums[(part * params.out_channels + o) * params.padded_pixels + pixel];
  }
  y[index] = epilogue(sum, o, pixel, index);
}
