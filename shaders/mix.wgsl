// y[r, d] = w[r, d] + Σ_k amount[k]·direction[k, r, d]: an edit moves a latent along directions (InterFaceGAN's w + α·n).
//
// w, y [rows, D], directions [K, D] (the same for every row) or [K, rows, D], amounts [K]. One invocation an element.

struct Params {
  n: u32, // rows·D
  directionCount: u32, // elements of one direction: D or rows·D
  directions: u32, // K
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>; // [rows, D]
@group(0) @binding(2) var<storage, read> directions: array<f32>; // [K, D] or [K, rows, D]
@group(0) @binding(3) var<storage, read> amounts: array<f32>; // [K]
@group(0) @binding(4) var<storage, read_write> output: array<f32>; // [rows, D]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.n) {
    return;
  }
  var sum = w[id.x];
  for (var k = 0u; k < params.directions; k++) {
    sum += amounts[k] * directions[k * params.directionCount + id.x % params.directionCount];
  }
  output[id.x] = sum;
}
