// Σ[first + l, k] += mean of code[l, k, :] for k < z, and Σ[first + l, z] += 1: the state keeps the sum of the codes and counts them.
//
// codes [rows, z, pixels], state [layers, z + 1]. One invocation an element of the state rows.

struct Params {
  rows: u32,
  z: u32,
  pixels: u32, // of the feature maps whose means are the codes; 1 where they are codes already
  first_row: u32, // of the state
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> codes: array<f32>; // [rows, z, pixels]
@group(0) @binding(2) var<storage, read_write> state: array<f32>; // [layers, z + 1]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let pitch = params.z + 1;
  if (i >= params.rows * pitch) {
    return;
  }
  let row = i / pitch;
  let k = i % pitch;
  let at = (params.first_row + row) * pitch + k;
  if (k == params.z) {
    state[at] += 1;
    return;
  }
  let first = (row * params.z + k) * params.pixels;
  var sum = 0.0;
  for (var p = first; p < first + params.pixels; p++) {
    sum += codes[p];
  }
  state[at] += sum / f32(params.pixels);
}
