// windowMax, backward: dx[c, y, x] = Σ dy over the windows whose first largest pixel this is; they are searched again.
// One invocation a pixel of a channel.

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> dy: array<f32>; // [C, OH, OW]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [C, H, W]

// The first largest pixel of a window, as its index in the channel.
fn winner(channel: u32, row: u32, column: u32) -> u32 {
  var best = 0u;
  var largest = 0.0;
  var found = false;
  for (var tap = 0u; tap < params.kernel * params.kernel; tap++) {
    let y = row * params.stride + tap / params.kernel;
    let x = column * params.stride + tap % params.kernel;
    if (y < params.padding || x < params.padding) { continue; }
    if (y - params.padding >= params.height || x - params.padding >= params.width) { continue; }
    let at = (y - params.padding) * params.width + x - params.padding;
    let value = input[channel * params.height * params.width + at];
    if (!found || value > largest) {
      best = at;
      largest = value;
      found = true;
    }
  }
  return best;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let c = index / pixels;
  let y = index % pixels / params.width + params.padding;
  let x = index % params.width + params.padding;
  let lead = params.kernel - 1;
  let last_row = min(y / params.stride, params.out_height - 1);
  let last_column = min(x / params.stride, params.out_width - 1);
  var sum = 0.0;
  for (var row = (max(y, lead) - lead + params.stride - 1) / params.stride; row <= last_row; row++) {
    for (var column = (max(x, lead) - lead + params.stride - 1) / params.stride; column <= last_column; column++) {
      if (winner(c, row, column) == index % pixels) {
        sum += dy[(c * params.out_height + row) * params.out_width + column];
      }
    }
  }
  dx[index] = sum;
}
