// affinePair: y[c, p] = k[0, c] · a[c, p] + k[1, c] · b[c, p] + k[2, c]: a BatchNorm's gradient through its own statistics.
// One invocation an element.

struct Params {
  count: u32,
  pixels: u32, // P
  channels: u32, // C
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> b: array<f32>; // [C, P]
@group(0) @binding(3) var<storage, read> coefficients: array<f32>; // k [3, C]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let c = index / params.pixels;
  let constant = coefficients[2 * params.channels + c];
  y[index] = coefficients[c] * a[index] + coefficients[params.channels + c] * b[index] + constant;
}
