// gradientLoss, backward: with d = x − target, dx[p] = dvalue · factor · Σ (d[p] − d[q]) over the up to four neighbours q of p.
// One invocation a pixel of a channel.

struct Params {
  count: u32, // C · H · W
  height: u32,
  width: u32,
  factor: f32, // 2 / count
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // target [C, H, W]
@group(0) @binding(3) var<storage, read> dvalue: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [C, H, W]

fn difference(at: u32) -> f32 {
  return x[at] - wanted[at];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let column = index % params.width;
  let line = index / params.width % params.height;
  // Where there is no neighbour the pixel itself stands for it: no difference, and no branch.
  let left = difference(index - min(column, 1u));
  let right = difference(index + select(0u, 1u, column + 1 < params.width));
  let above = difference(index - select(0u, params.width, line > 0));
  let below = difference(index + select(0u, params.width, line + 1 < params.height));
  let here = difference(index);
  let sum = (here - left) + (here - right) + (here - above) + (here - below);
  dx[index] = dvalue[0] * params.factor * sum;
}
