// y[c, i, j] = x[c, i, j]·g[c] + shortcut[c, i·s, j·s]: the end of an IR-SE unit.
//
// x, y [C, H, W], g [C], shortcut [C, H', W'] with H = ⌈H'/s⌉, W = ⌈W'/s⌉. One invocation an element.

struct Params {
  channels: u32,
  height: u32, // H
  width: u32, // W
  shortcut_height: u32, // H'
  shortcut_width: u32, // W'
  stride: u32, // s
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> gate: array<f32>; // [C]
@group(0) @binding(3) var<storage, read> shortcut: array<f32>; // [C, H', W']
@group(0) @binding(4) var<storage, read_write> output: array<f32>; // [C, H, W]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let at = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (at >= params.channels * params.height * params.width) {
    return;
  }
  let x = at % params.width;
  let y = (at / params.width) % params.height;
  let channel = at / (params.width * params.height);
  let source = (channel * params.shortcut_height + y * params.stride) * params.shortcut_width + x * params.stride;
  output[at] = input[at] * gate[channel] + shortcut[source];
}
