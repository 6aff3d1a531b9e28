// y[c] = mean over the pixels of x[c, :, :].
//
// x [C, H, W], y [C]. One workgroup a channel: its invocations stride over the pixels and add up through workgroup memory.

struct Params {
  channels: u32,
  pixels: u32, // H·W
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u; // a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [C]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = group.y * groups.x + group.x;
  var sum = 0.0;
  if (channel < params.channels) {
    for (var i = local; i < params.pixels; i += WORKGROUP_SIZE) {
      sum += input[channel * params.pixels + i];
    }
  }
  sum = tree_sum(sum, local, WORKGROUP_SIZE);
  if (local == 0 && channel < params.channels) {
    output[channel] = sum / f32(params.pixels);
  }
}
