// turnWeights: w[first + j · stride + o] = s[o, j]: a checkpoint tensor [O, n] as stored, in f32 and in the order kernels read,
// output channel fastest. With O = 1 it only expands f16. Several tensors may fill one w, next to or after one another.
// s [O, n] f32, or f16 two to a word (HALF); w f32. One invocation owns one element; neighbours differ in o, so w is written
// in rows. Runs once while a model loads.

struct Params {
  rows: u32, // O
  row_length: u32, // n
  stride: u32, // from one j to the next in w
  first: u32, // element of w
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> s: array<u32>;
@group(0) @binding(2) var<storage, read_write> w: array<f32>;

override HALF: u32; // 1: s holds f16

fn stored(index: u32) -> f32 {
  if (HALF == 1) { return unpack2x16float(s[index / 2])[index % 2]; }
  return bitcast<f32>(s[index]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.row_length) { return; }
  let j = index / params.rows;
  let o = index % params.rows;
  w[params.first + j * params.stride + o] = stored(o * params.row_length + j);
}
