// styles: s[j] = Σ_d weight[j, d] · scale · latents[row(j), d] + bias[j] + offset[j], the affine maps of all layers in one dispatch.
// latents [rows, D]; weight [S, D]; with one latent row every output reads row 0, else row(j) = latent_row[j].
// LANES invocations an output each sum every LANES-th d, then add up; neighbours read neighbouring d.

struct Params {
  outputs: u32, // S
  features: u32, // D
  rows: u32,
  scale: f32,
  offset_scale: f32, // 0: there is no offset
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const LANES = {{LANES}}u; // that share an output, a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> latents: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> latent_row: array<f32>; // [S], whole numbers
@group(0) @binding(5) var<storage, read> style_offset: array<f32>; // [S]
@group(0) @binding(6) var<storage, read_write> styles: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let j = (group.x + group.y * workgroups.x) * (WORKGROUP_SIZE / LANES) + local / LANES;
  let lane = local % LANES;
  var sum = 0.0;
  if (j < params.outputs) {
    var row = 0u;
    if (params.rows > 1) { row = u32(latent_row[j]); }
    for (var d = lane; d < params.features; d += LANES) {
      sum += weight[j * params.features + d] * latents[row * params.features + d];
    }
  }
  sum = tree_sum(sum, local, LANES);
  if (lane == 0 && j < params.outputs) {
    styles[j] = sum * params.scale + bias[j] + params.offset_scale * style_offset[j];
  }
}
