// LPIPS at one tap, backward to x. With n = ‖x[:, p]‖, r = 1 / (n + ε), e[c] = dd[p] · 2 w[c] · (x̂[c] − t̂[c]):
// dx[c] = r · e[c] − x[c] · r² / n · Σ_k e[k] · x[k], zero where n is. One invocation a pixel.

@group(0) @binding(4) var<storage, read> ddistances: array<f32>; // dd [P]
@group(0) @binding(5) var<storage, read_write> dx: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.pixels) { return; }
  let n = length_x(index);
  let by_x = 1 / (n + EPSILON);
  let by_target = 1 / (length_target(index) + EPSILON);
  var along = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    let at = c * params.pixels + index;
    let e = 2 * ddistances[index] * weights[c] * (x[at] * by_x - wanted[at] * by_target);
    dx[at] = by_x * e;
    along += e * x[at];
  }
  var radial = 0.0;
  if (n > 0) { radial = along * by_x * by_x / n; }
  for (var c = 0u; c < params.channels; c++) {
    let at = c * params.pixels + index;
    dx[at] = select(0, dx[at] - x[at] * radial, n > 0);
  }
}
