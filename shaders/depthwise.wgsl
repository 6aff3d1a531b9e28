// Depthwise convolution: y[c, p] = Σ_ky,kx w[c, ky, kx] · x[c, p·stride + k − padding], zero outside the picture.
//
// x [C, H, W]; w [C, k, k]; y [C, OH, OW]. One invocation computes four neighbouring results of a row: it loads each row of its window
// once, 3·stride + k values instead of 4·k, and holds them in registers. Every sum reads one channel only, so there is nothing to share.

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
const SPAN: u32 = 3 * STRIDE + KERNEL; // values of a row that four results read

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let quads = (params.out_width + 3) / 4;
  if (index >= params.channels * params.out_height * quads) { return; }
  let column = 4 * (index % quads);
  let row = index / quads % params.out_height;
  let channel = index / (quads * params.out_height);
  let top = i32(row * STRIDE) - i32(params.padding);
  let left = i32(column * STRIDE) - i32(params.padding);

  var sums = vec4f(0);
  for (var ky = 0u; ky < KERNEL; ky++) {
    let at = top + i32(ky);
    if (at < 0 || at >= i32(params.height)) { continue; }
    let start = i32((channel * params.height + u32(at)) * params.width);
    var values: array<f32, SPAN>;
    for (var i = 0u; i < SPAN; i++) {
      let place = left + i32(i);
      let inside = place >= 0 && place < i32(params.width);
      values[i] = select(0.0, x[start + clamp(place, 0, i32(params.width) - 1)], inside);
    }
    for (var kx = 0u; kx < KERNEL; kx++) {
      let weight = w[(channel * KERNEL + ky) * KERNEL + kx];
      sums += weight * vec4f(values[kx], values[kx + STRIDE], values[kx + 2 * STRIDE], values[kx + 3 * STRIDE]);
    }
  }
  let to = (channel * params.out_height + row) * params.out_width + column;
  for (var i = 0u; i < min(4, params.out_width - column); i++) {
    y[to + i] = sums[i];
  }
}
