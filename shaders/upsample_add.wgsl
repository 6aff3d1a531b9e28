// upsampleAdd: z[c, i, j] = y[c, i, j] + x[c] at (i · (H − 1) / (h − 1), j · (W − 1) / (w − 1)), blended from the four pixels around
// (PyTorch's `bilinear` with align_corners; a single row or column of the output shows the first of the input).
// One invocation a pixel of a channel.

struct Params {
  channels: u32, // C
  height: u32, // H
  width: u32, // W
  out_height: u32, // h
  out_width: u32, // w
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> y: array<f32>; // [C, h, w]
@group(0) @binding(3) var<storage, read_write> z: array<f32>; // [C, h, w]

// Where an output's row or column lies between two of the input's.
struct Between {
  first: u32,
  second: u32,
  share: f32, // of the second
}

fn between(i: u32, out_size: u32, in_size: u32) -> Between {
  let steps = max(out_size - 1, 1u);
  let scaled = i * (in_size - 1); // whole numbers: what lies on an input pixel is met exactly
  let first = scaled / steps;
  return Between(first, min(first + 1, in_size - 1), f32(scaled % steps) / f32(steps));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.channels * pixels) { return; }
  let row = between(index % pixels / params.out_width, params.out_height, params.height);
  let column = between(index % params.out_width, params.out_width, params.width);
  let channel = index / pixels * params.height;
  let above = (channel + row.first) * params.width;
  let below = (channel + row.second) * params.width;
  let top = mix(x[above + column.first], x[above + column.second], column.share);
  let bottom = mix(x[below + column.first], x[below + column.second], column.share);
  z[index] = y[index] + mix(top, bottom, row.share);
}
