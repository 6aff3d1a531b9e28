// turnFilter: v[g, b, t', a] = w[g, a, t, b], t' = t or, flipped, K − 1 − t: the filters by which a convolution's gradient goes back
// to its input. One invocation an element of v.

struct Params {
  count: u32,
  inputs: u32, // A, a group
  taps: u32, // K
  outputs: u32, // B, a group
  first: u32, // of the outputs that v has
  kept: u32, // how many: B′
  flip: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>; // [G, A, K, B]
@group(0) @binding(2) var<storage, read_write> turned: array<f32>; // v [G, B′, K, A]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let a = index % params.inputs;
  var tap = index / params.inputs % params.taps;
  let b = params.first + index / (params.inputs * params.taps) % params.kept;
  let g = index / (params.inputs * params.taps * params.kept);
  if (params.flip == 1) { tap = params.taps - 1 - tap; }
  turned[index] = w[((g * params.inputs + a) * params.taps + tap) * params.outputs + b];
}
