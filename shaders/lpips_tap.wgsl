// LPIPS at one tap: d[p] = Σ_c w[c] · (x[c, p] / (‖x[:, p]‖ + ε) − t[c, p] / (‖t[:, p]‖ + ε))², ε = 1e-10 (Zhang et al. 2018).
// One invocation a pixel.

struct Params {
  channels: u32,
  pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // t [C, P]
@group(0) @binding(3) var<storage, read> weights: array<f32>; // w [C]
@group(0) @binding(4) var<storage, read_write> distances: array<f32>; // d [P]

// 1 / (length of a pixel over the channels + 1e-10), and the length.
fn length_x(p: u32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) { sum += x[c * params.pixels + p] * x[c * params.pixels + p]; }
  return sqrt(sum);
}

fn length_target(p: u32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    sum += wanted[c * params.pixels + p] * wanted[c * params.pixels + p];
  }
  return sqrt(sum);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.pixels) { return; }
  let by_x = 1 / (length_x(index) + 1e-10);
  let by_target = 1 / (length_target(index) + 1e-10);
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    let at = c * params.pixels + index;
    let difference = x[at] * by_x - wanted[at] * by_target;
    sum += weights[c] * difference * difference;
  }
  distances[index] = sum;
}
