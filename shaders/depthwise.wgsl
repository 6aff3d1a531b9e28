// Depthwise convolution: y[c, p] = Σ_ky,kx w[c, ky, kx] · x[c, p·stride + k − padding], zero outside the picture.
//
// x [C, H, W]; w [C, k, k]; y [C, OH, OW]. One invocation computes a block of four columns and ROWS rows: it loads each row of its window
// once, 3·stride + k values, and adds it to every row of results that it belongs to. Loads are what such a sum waits for: a block of 4 × 4
// has 36 of them at k = 3 where results of their own would have 144. Every sum reads one channel only, so there is nothing to share.

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
const SPAN: u32 = 3 * STRIDE + KERNEL; // values of a row that four results read

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

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
  var weights: array<f32, KERNEL * KERNEL>;
  for (var i = 0u; i < KERNEL * KERNEL; i++) {
    weights[i] = w[channel * KERNEL * KERNEL + i];
  }
  var sums: array<vec4f, ROWS>;
  for (var i = 0u; i < (ROWS - 1) * STRIDE + KERNEL; i++) {
    let at = top + i32(i);
    let within = at >= 0 && at < i32(params.height);
    let start = i32((channel * params.height + u32(clamp(at, 0, i32(params.height) - 1))) * params.width);
    var values: array<f32, SPAN>;
    for (var k = 0u; k < SPAN; k++) {
      let place = left + i32(k);
      let inside = within && place >= 0 && place < i32(params.width);
      values[k] = select(0.0, x[start + clamp(place, 0, i32(params.width) - 1)], inside);
    }
    for (var r = 0u; r < ROWS; r++) {
      let ky = i32(i) - i32(r * STRIDE);
      if (ky < 0 || ky >= i32(KERNEL)) { continue; }
      for (var k = 0u; k < KERNEL; k++) {
        let taken = vec4f(values[k], values[k + STRIDE], values[k + 2 * STRIDE], values[k + 3 * STRIDE]);
        sums[r] += weights[u32(ky) * KERNEL + k] * taken;
      }
    }
  }
  for (var r = 0u; r < min(ROWS, params.out_height - row); r++) {
    let to = (channel * params.out_height + row + r) * params.out_width + column;
    for (var i = 0u; i < min(4, params.out_width - column); i++) {
      y[to + i] = sums[r][i];
    }
  }
}
