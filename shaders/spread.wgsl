// spread: dx[c, y, x] = dy[c, y/s, x/s] where s divides both, else 0: backward of taking every s-th pixel.
// One invocation a pixel of a channel.

struct Params {
  count: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  stride: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // [C, OH, OW]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [C, H, W]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let x = index % params.width;
  let y = index / params.width % params.height;
  let c = index / (params.width * params.height);
  var value = 0.0;
  if (x % params.stride == 0 && y % params.stride == 0) {
    value = dy[(c * params.out_height + y / params.stride) * params.out_width + x / params.stride];
  }
  dx[index] = value;
}
