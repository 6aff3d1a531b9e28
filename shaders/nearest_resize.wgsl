// nearestResize: y[c, i, j] = x[c, floor(i · H / h), floor(j · W / w)] (PyTorch's `nearest`).
// One invocation a pixel of a channel.

@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [C, h, w]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.channels * pixels) { return; }
  let row = index % pixels / params.out_width * params.height / params.out_height;
  let column = index % params.out_width * params.width / params.out_width;
  y[index] = x[(index / pixels * params.height + row) * params.width + column];
}
