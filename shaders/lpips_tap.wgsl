// LPIPS at one tap: d[p] = Σ_c w[c] · (x[c, p] / (‖x[:, p]‖ + ε) − t[c, p] / (‖t[:, p]‖ + ε))², ε = 1e-10 (Zhang et al. 2018).
// One invocation a pixel.

@group(0) @binding(4) var<storage, read_write> distances: array<f32>; // d [P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.pixels) { return; }
  let by_x = 1 / (length_x(index) + EPSILON);
  let by_target = 1 / (length_target(index) + EPSILON);
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    let at = c * params.pixels + index;
    let difference = x[at] * by_x - wanted[at] * by_target;
    sum += weights[c] * difference * difference;
  }
  distances[index] = sum;
}
