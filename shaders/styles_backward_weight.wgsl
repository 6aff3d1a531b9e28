// styles, backward to the affine maps: dweight[j, d] = scale · ds[j] · w[row(j), d].
// One invocation an element of dweight.

@group(0) @binding(3) var<storage, read> latents: array<f32>; // w [rows, D]
@group(0) @binding(4) var<storage, read_write> dweight: array<f32>; // [S, D]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.outputs * params.features) { return; }
  let j = index / params.features;
  dweight[index] = params.scale * ds[j] * latents[row_of(j) * params.features + index % params.features];
}
