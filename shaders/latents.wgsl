// latents[r, d] = base[r, d] + average[r, d] + Σ_k amounts[k, r] · directions[k, d]
// One invocation an element of latents [rows, D]. base and average have `rows` rows or one row that serves all.
// amounts [K, rows] lets an edit move some layers only; directions [K, D].

struct Params {
  rows: u32,
  features: u32, // D
  base_rows: u32,
  average_rows: u32, // 0: no average
  directions: u32, // K, 0: no edits
}

override WORKGROUP_SIZE: u32 = 64;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> base: array<f32>;
@group(0) @binding(2) var<storage, read> average: array<f32>;
@group(0) @binding(3) var<storage, read> directions: array<f32>;
@group(0) @binding(4) var<storage, read> amounts: array<f32>;
@group(0) @binding(5) var<storage, read_write> latents: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.rows * params.features) { return; }
  let row = i / params.features;
  let d = i % params.features;
  var value = base[min(row, params.base_rows - 1) * params.features + d];
  if (params.average_rows > 0) { value += average[min(row, params.average_rows - 1) * params.features + d]; }
  for (var k = 0u; k < params.directions; k++) {
    value += amounts[k * params.rows + row] * directions[k * params.features + d];
  }
  latents[i] = value;
}
