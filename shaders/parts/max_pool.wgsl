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

// Pixels [begin, end) of a row or column that the window `at` covers.
fn covered(at: u32, size: u32) -> vec2u {
  let begin = at * params.stride;
  return vec2u(max(begin, params.padding), min(begin + params.kernel, params.padding + size)) - params.padding;
}

// The first largest pixel of a window, as its index in the channel.
fn winner(channel: u32, row: u32, column: u32) -> u32 {
  let down = covered(row, params.height);
  let across = covered(column, params.width);
  let first = channel * params.height * params.width;
  var best = down.x * params.width + across.x;
  var largest = input[first + best];
  for (var y = down.x; y < down.y; y++) {
    for (var x = across.x; x < across.y; x++) {
      let at = y * params.width + x;
      let value = input[first + at];
      best = select(best, at, value > largest);
      largest = select(largest, value, value > largest);
    }
  }
  return best;
}
