// SSIM, second half of its window means: y[n, i, j] = Σ_t w[t] · x[n, i + t − before, j], zeros outside. With before = taps − 1 it is
// its own way back, since the window is symmetric. One invocation an element of y.

struct Params {
  count: u32, // maps · out_height · W
  height: u32,
  width: u32,
  out_height: u32,
  before: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [maps, H, W]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [maps, out_height, W]

fn value(map: u32, row: u32, column: u32) -> f32 {
  if (row < params.before || row >= params.before + params.height) { return 0.0; }
  return x[(map * params.height + row - params.before) * params.width + column];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let column = index % params.width;
  let row = index / params.width % params.out_height;
  let map = index / (params.width * params.out_height);
  var sum = 0.0;
#for TAP in TAPS
  sum += WEIGHTS[{{TAP}}] * value(map, row + {{TAP}}, column);
#end
  y[index] = sum;
}
