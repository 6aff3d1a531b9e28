// styles: s[j] = Σ_d weight[j, d] · scale · latents[row(j), d] + bias[j], the affine maps of all layers in one dispatch.
// latents [rows, D]; weight [S, D]; with one latent row every output reads row 0, else row(j) = latent_row[j].
// A workgroup owns 4 outputs: 16 invocations an output each sum every 16th d, then halve the partial sums in a tree.

struct Params {
  outputs: u32, // S
  features: u32, // D
  rows: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> latents: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> latent_row: array<f32>; // [S], whole numbers
@group(0) @binding(5) var<storage, read_write> s: array<f32>;

var<workgroup> partial: array<array<f32, 16>, 4>; // [output, slice of d]

@compute @workgroup_size(16, 4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let j = (group.x + group.y * workgroups.x) * 4 + local.y;
  var sum = 0.0;
  if (j < params.outputs) {
    var row = 0u;
    if (params.rows > 1) { row = u32(latent_row[j]); }
    for (var d = local.x; d < params.features; d += 16) {
      sum += weight[j * params.features + d] * latents[row * params.features + d];
    }
  }
  partial[local.y][local.x] = sum;
  for (var half = 8u; half > 0; half /= 2) {
    workgroupBarrier();
    if (local.x < half) { partial[local.y][local.x] += partial[local.y][local.x + half]; }
  }
  if (local.x == 0 && j < params.outputs) { s[j] = partial[local.y][0] * params.scale + bias[j]; }
}
