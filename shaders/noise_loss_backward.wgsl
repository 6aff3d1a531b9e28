// noiseLoss, backward at one level: of m[0]² + m[1]², m the means of n · n one column and one row further, P = H · W:
// dn[y, x] = dvalue · 2/P · (m[0] · (n[y, x − 1] + n[y, x + 1]) + m[1] · (n[y − 1, x] + n[y + 1, x])), wrapping.
// One invocation a pixel.

struct Params {
  height: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> noise: array<f32>; // [H, W]
@group(0) @binding(2) var<storage, read> means: array<f32>; // m [2]
@group(0) @binding(3) var<storage, read> dvalue: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> dnoise: array<f32>; // [H, W]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= pixels) { return; }
  let y = index / params.width;
  let x = index % params.width;
  let line = y * params.width;
  let across = noise[line + (x + params.width - 1) % params.width] + noise[line + (x + 1) % params.width];
  let above = (y + params.height - 1) % params.height * params.width;
  let below = (y + 1) % params.height * params.width;
  let down = noise[above + x] + noise[below + x];
  dnoise[index] = dvalue[0] * 2 / f32(pixels) * (means[0] * across + means[1] * down);
}
