// Depthwise convolution: y[c, p] = Σ_ky,kx w[c, ky, kx] · x[c, p·stride + k − padding], zero outside the picture.
//
// x [≥ C, H, W]; w [C, k, k]; y [C, OH, OW]. One invocation computes a block of four columns and ROWS rows from a window of the
// picture that it loads once. Loads are what such a sum waits for: a block of 4 × 4 has 36 of them at k = 3 where results of
// their own would have 144. Every sum reads one channel only, so there is nothing to share. All loops are written out: CPU
// adapters keep an array that is indexed by a variable in memory.

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  padding: u32, // above and to the left
}

const KERNEL: u32 = {{KERNEL}};
const STRIDE: u32 = {{STRIDE}};
const ROWS: u32 = {{ROWS}};
const TAPS: u32 = {{TAPS}}; // KERNEL²
alias Row = array<f32, {{SPAN}}>; // 3 · STRIDE + KERNEL values that four results read
alias Window = array<Row, {{WINDOW_ROWS}}>; // (ROWS − 1) · STRIDE + KERNEL of them

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// One value of a picture's row that begins at `start`, zero beside it.
fn value_at(start: i32, place: i32, within: bool) -> f32 {
  let inside = within && place >= 0 && place < i32(params.width);
  return select(0.0, x[start + clamp(place, 0, i32(params.width) - 1)], inside);
}

// Values of row `at` from column `left` on.
fn row_at(channel: u32, at: i32, left: i32) -> Row {
  let within = at >= 0 && at < i32(params.height);
  let start = i32((channel * params.height + u32(clamp(at, 0, i32(params.height) - 1))) * params.width);
  var row: Row;
  #for K in SPAN
  row[{{K}}] = value_at(start, left + {{K}}, within);
  #end
  return row;
}

fn four_of(row: Row, first: u32) -> vec4f {
  return vec4f(row[first], row[first + STRIDE], row[first + 2 * STRIDE], row[first + 3 * STRIDE]);
}

// Writes what there is of four results.
fn write_four(to: u32, count: u32, sums: vec4f) {
  y[to] = sums.x;
  if (count > 1) { y[to + 1] = sums.y; }
  if (count > 2) { y[to + 2] = sums.z; }
  if (count > 3) { y[to + 3] = sums.w; }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let across = (params.out_width + 3) / 4;
  let down = (params.out_height + ROWS - 1) / ROWS;
  if (index >= params.channels * down * across) { return; }
  let column = 4 * (index % across);
  let row = ROWS * (index / across % down);
  let channel = index / (across * down);
  let top = i32(row * STRIDE) - i32(params.padding);
  let left = i32(column * STRIDE) - i32(params.padding);
  var weights: array<f32, {{TAPS}}>;
  #for I in TAPS
  weights[{{I}}] = w[channel * TAPS + {{I}}];
  #end
  var window: Window;
  #for I in WINDOW_ROWS
  window[{{I}}] = row_at(channel, top + {{I}}, left);
  #end
  var sums: array<vec4f, {{ROWS}}>;
  #for T in ALL_TAPS
  sums[{{T}} / TAPS] += weights[{{T}} % TAPS] * four_of(window[{{T}} / TAPS * STRIDE + {{T}} % TAPS / KERNEL], {{T}} % KERNEL);
  #end
  let to = (channel * params.out_height + row) * params.out_width + column;
  let count = params.out_width - column;
  #for R in ROWS
  if (row + {{R}} < params.out_height) { write_four(to + {{R}} * params.out_width, count, sums[{{R}}]); }
  #end
}
