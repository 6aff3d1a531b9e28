// y[i, j] = r | g << 8 | b << 16 | 255 << 24 with byte = round(127.5·x + 127.5), clamped: a picture in [-1, 1] as RGBA bytes.
//
// x [3, H, W], y [rows, W], a u32 a pixel; rows first_row … first_row + rows are kept. One invocation a pixel.

struct Params {
  height: u32, // H
  width: u32, // W
  first_row: u32,
  rows: u32,
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [3, H, W]
@group(0) @binding(2) var<storage, read_write> output: array<u32>; // [rows, W]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.rows * params.width) {
    return;
  }
  let plane = params.height * params.width;
  let at = params.first_row * params.width + i;
  let colour = vec3(input[at], input[plane + at], input[2 * plane + at]);
  let bytes = vec3<u32>(clamp(floor(colour * 127.5 + 128), vec3(0.0), vec3(255.0)));
  output[i] = bytes.r | (bytes.g << 8) | (bytes.b << 16) | (255u << 24);
}
