// g = σ(fc2 · relu(fc1 · p)): the gate of a squeeze-and-excitation block from its channel means p.
//
// p [C], fc1 [R, C], fc2 [C, R], g [C], R = C/16. One workgroup does it all: the weights are a few thousand numbers.
// fc1: the invocations form WORKGROUP_SIZE / LANES teams, a team a hidden unit. fc2: one invocation a channel.

struct Params {
  channels: u32, // C
  hidden: u32, // R
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const LANES = {{LANES}}u; // invocations of a team, a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pooled: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> fc1: array<f32>; // [R, C]
@group(0) @binding(3) var<storage, read> fc2: array<f32>; // [C, R]
@group(0) @binding(4) var<storage, read_write> gate: array<f32>; // [C]

var<workgroup> hidden: array<f32, {{HIDDEN}}>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(local_invocation_index) local: u32) {
  let lane = local % LANES;
  for (var first = 0u; first < params.hidden; first += WORKGROUP_SIZE / LANES) {
    let unit = first + local / LANES;
    var sum = 0.0;
    if (unit < params.hidden) {
      for (var c = lane; c < params.channels; c += LANES) {
        sum += fc1[unit * params.channels + c] * pooled[c];
      }
    }
    sum = tree_sum(sum, local, LANES);
    if (lane == 0 && unit < params.hidden) { hidden[unit] = max(sum, 0); }
    workgroupBarrier();
  }
  for (var c = local; c < params.channels; c += WORKGROUP_SIZE) {
    var sum = 0.0;
    for (var unit = 0u; unit < params.hidden; unit++) {
      sum += fc2[c * params.hidden + unit] * hidden[unit];
    }
    gate[c] = 1 / (1 + exp(-sum));
  }
}
