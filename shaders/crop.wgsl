// crop: y[c, i, j] = x[c, i + top, j + left], and 0 where that lies outside x: a part of a picture, zeros around one, channels of
// zeros behind. With `top` and `left` turned round it leads back. One invocation a pixel of a channel.

struct Params {
  channels: u32, // of y
  height: u32,
  width: u32,
  in_channels: u32, // of x
  in_height: u32,
  in_width: u32,
  top: i32,
  left: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [in_channels, in_height, in_width]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [channels, height, width]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let channel = index / pixels;
  let row = i32(index % pixels / params.width) + params.top;
  let column = i32(index % params.width) + params.left;
  let inside = channel < params.in_channels && row >= 0 && row < i32(params.in_height)
    && column >= 0 && column < i32(params.in_width);
  y[index] = 0.0;
  if (inside) { y[index] = x[(channel * params.in_height + u32(row)) * params.in_width + u32(column)]; }
}
