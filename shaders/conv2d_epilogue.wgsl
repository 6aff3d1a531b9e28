// conv2d and upConv, last part: y[o, p] = act(Σ_s sums[s, o, p] · out_scale[o] + bias[o] + noise[p] + residual[o, p]) · gain
// sums [S, O, P′] with P′ ≥ P = OH·OW: S parts of each sum ("split-K"), or one; y [O, OH, OW]; vectors [n] at an offset.
// One invocation finishes four pixels of a channel: CPU adapters take longer to find out which than to finish one. Where fewer are
// left it finishes the last one several times.

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
  let quads = (params.pixels + 3) / 4;
  if (index >= params.out_channels * quads) { return; }
  let o = index / quads;
  let pixels = min(4 * (index - o * quads) + vec4u(0, 1, 2, 3), vec4u(params.pixels - 1));
  var totals = vec4f();
  for (var part = 0u; part < params.parts; part++) {
    let at = (part * params.out_channels + o) * params.padded_pixels + pixels;
    totals += vec4f(sums[at.x], sums[at.y], sums[at.z], sums[at.w]);
  }
  let elements = o * params.pixels + pixels;
  y[elements.x] = epilogue(totals.x, o, pixels.x, elements.x);
  y[elements.y] = epilogue(totals.y, o, pixels.y, elements.y);
  y[elements.z] = epilogue(totals.z, o, pixels.z, elements.z);
  y[elements.w] = epilogue(totals.w, o, pixels.w, elements.w);
}
