// y[r, k] = mean[r, k] + ψ·(w[r, k] − mean[r, k]): the truncation trick (StyleGAN).
//
// w, y [rows, D], mean [1 or rows, D], ψ [1]. One invocation an element.

struct Params {
  n: u32, // rows·D
  mean_count: u32, // elements of mean: D or rows·D
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>; // [rows, D]
@group(0) @binding(2) var<storage, read> mean: array<f32>; // [1 or rows, D]
@group(0) @binding(3) var<storage, read> psi: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> output: array<f32>; // [rows, D]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.n) {
    return;
  }
  let centre = mean[id.x % params.mean_count];
  output[id.x] = centre + psi[0] * (w[id.x] - centre);
}
