// What max pooling and its backward share: sizes, the input, and which pixel of a window wins.

struct Params {
  channels: u32, // C
  out_channels: u32,
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
