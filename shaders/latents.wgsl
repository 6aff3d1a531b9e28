// latents[r, d] = base[r, d] + added[r, d]
// One invocation an element of latents [rows, D]. base and added have `rows` rows, or one row that serves all.

struct Params {
  rows: u32,
  features: u32, // D
  base_rows: u32,
  added_rows: u32, // 0: nothing is added
}

override WORKGROUP_SIZE: u32 = 64;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> base: array<f32>;
@group(0) @binding(2) var<storage, read> added: array<f32>;
@group(0) @binding(3) var<storage, read_write> latents: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.rows * params.features) { return; }
  let row = i / params.features;
  let d = i % params.features;
  var value = base[min(row, params.base_rows - 1) * params.features + d];
  if (params.added_rows > 0) { value += added[min(row, params.added_rows - 1) * params.features + d]; }
  latents[i] = value;
}
