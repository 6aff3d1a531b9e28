// windowMax: y[c, Y, X] = the largest pixel of a k × k window that begins at (Y, X) · stride − padding; outside the picture is −∞.
// One invocation a window of a channel.

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
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [C, OH, OW]

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
  let windows = params.out_height * params.out_width;
  if (index >= params.channels * windows) { return; }
  let c = index / windows;
  let at = winner(c, index % windows / params.out_width, index % params.out_width);
  output[index] = input[c * params.height * params.width + at];
}
