// conv2d, backward to its input, for every stride, padding and number of groups:
// dx[i, y, x] = Σ_o Σ_ab w[g, i, a, b, o] · d[o] · du[o, (y + p − a)/s, (x + p − b)/s], where both divisions leave no rest.
// One invocation a pixel of a channel. Where the stride is one, a convolution with turned filters is faster.

struct Params {
  groups: u32,
  group_in: u32,
  group_out: u32,
  height: u32, // of dx
  width: u32,
  out_height: u32, // of du
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  scale: u32, // first element of d, or ABSENT
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> du: array<f32>; // [O, OH, OW]
@group(0) @binding(2) var<storage, read> w: array<f32>; // [groups, I/groups, k, k, O/groups]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // d
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [I, H, W]

const ABSENT = 0xffffffffu; // offset of a vector that is not there

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.groups * params.group_in * pixels) { return; }
  let channel = index / pixels;
  let y = index % pixels / params.width + params.padding;
  let x = index % params.width + params.padding;
  let first_out = channel / params.group_in * params.group_out;
  let taps = params.kernel * params.kernel;
  let out_pixels = params.out_height * params.out_width;
  var sum = 0.0;
  for (var tap = 0u; tap < taps; tap++) {
    let a = tap / params.kernel;
    let b = tap % params.kernel;
    if (a > y || b > x || (y - a) % params.stride != 0 || (x - b) % params.stride != 0) { continue; }
    let row = (y - a) / params.stride;
    let column = (x - b) / params.stride;
    if (row >= params.out_height || column >= params.out_width) { continue; }
    let taps_at = (channel * taps + tap) * params.group_out;
    let at = first_out * out_pixels + row * params.out_width + column;
    for (var o = 0u; o < params.group_out; o++) {
      var term = w[taps_at + o] * du[at + o * out_pixels];
      if (params.scale != ABSENT) { term *= scales[params.scale + first_out + o]; }
      sum += term;
    }
  }
  dx[index] = sum;
}
