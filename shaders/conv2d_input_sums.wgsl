// conv2d, backward to its input, for every stride, padding and number of groups, last part ("col2im"):
// dx[i, y, x] = Σ_ab given[g, a, b, i, (y + p − a)/s, (x + p − b)/s], where both divisions leave no rest. What the gradient at each
// output pixel gives to each tap, `given` [groups, k, k, I/groups, OH, OW], is a 1×1 convolution of that gradient.
// One invocation a pixel of a channel. Where the stride is one, a convolution with turned filters is faster.

struct Params {
  groups: u32,
  group_in: u32, // I / groups
  group_out: u32, // O / groups
  height: u32, // of dx
  width: u32,
  out_height: u32, // of what is given
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> given: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [I, H, W]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.groups * params.group_in * pixels) { return; }
  let channel = index / pixels;
  let y = index % pixels / params.width + params.padding;
  let x = index % params.width + params.padding;
  let group = channel / params.group_in;
  let first_tap = group * params.kernel * params.kernel * params.group_in + channel % params.group_in;
  var sum = 0.0;
  for (var a = y % params.stride; a < min(params.kernel, y + 1); a += params.stride) {
    let row = (y - a) / params.stride;
    if (row >= params.out_height) { continue; }
    for (var b = x % params.stride; b < min(params.kernel, x + 1); b += params.stride) {
      let column = (x - b) / params.stride;
      if (column >= params.out_width) { continue; }
      let tap = first_tap + (a * params.kernel + b) * params.group_in;
      sum += given[(tap * params.out_height + row) * params.out_width + column];
    }
  }
  dx[index] = sum;
}
