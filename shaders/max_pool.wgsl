// maxPool: y[c, Y, X] = the largest pixel of a k × k window that begins at (Y, X) · stride − padding; outside the picture is −∞.
// y [O, OH, OW], O ≥ C: channels beyond the input's are 0. One invocation a window of a channel.

@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [O, OH, OW]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let windows = params.out_height * params.out_width;
  if (index >= params.out_channels * windows) { return; }
  let c = index / windows;
  var largest = 0.0;
  if (c < params.channels) {
    let at = winner(c, index % windows / params.out_width, index % params.out_width);
    largest = input[c * params.height * params.width + at];
  }
  output[index] = largest;
}
