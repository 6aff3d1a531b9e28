// gatherRows: r[q, j] = what pixel q of a convolution's output reads: its taps of every channel, pixel by pixel, so that a product over
// pixels of two such matrices is the gradient of the filter. j counts channels, then taps (or taps, then channels); rest is zero.
// Scale and shift of the input act inside the picture only, as in the convolution. One invocation an element.

struct Params {
  first_channel: u32,
  channels: u32,
  height: u32,
  width: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  first_pixel: u32, // of the strip
  pixels: u32, // Q, of the strip
  columns: u32, // of r
  channel_last: u32, // 1: taps, then channels
  scale: u32, // first element, or ABSENT
  shift: u32, // the same
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> scales: array<f32>; // by channel
@group(0) @binding(3) var<storage, read> shifts: array<f32>; // by channel
@group(0) @binding(4) var<storage, read_write> rows: array<f32>; // r [Q, columns]

const ABSENT = 0xffffffffu; // offset of a vector that is not there

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.pixels * params.columns) { return; }
  let j = index % params.columns;
  let pixel = params.first_pixel + index / params.columns;
  let taps = params.kernel * params.kernel;
  var channel = j / taps;
  var tap = j % taps;
  if (params.channel_last == 1) {
    channel = j % params.channels;
    tap = j / params.channels;
  }
  let row = i32(pixel / params.out_width * params.stride + tap / params.kernel) - i32(params.padding);
  let column = i32(pixel % params.out_width * params.stride + tap % params.kernel) - i32(params.padding);
  var value = 0.0;
  let used = channel < params.channels && tap < taps;
  if (used && row >= 0 && column >= 0 && row < i32(params.height) && column < i32(params.width)) {
    let from_channel = params.first_channel + channel;
    value = x[(from_channel * params.height + u32(row)) * params.width + u32(column)];
    if (params.scale != ABSENT) { value *= scales[params.scale + from_channel]; }
    if (params.shift != ABSENT) { value += shifts[params.shift + from_channel]; }
  }
  rows[index] = value;
}
