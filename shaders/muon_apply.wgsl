// muonApply: p[r, c] = p[r, c] − numbers[0] · scale · t[r, c], or t[c, r] where p is wider than tall: Muon's last part.
// One invocation an element.

struct Params {
  rows: u32,
  columns: u32,
  padded_short: u32, // columns of t
  wide: u32, // 1: p has more columns than rows
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tall: array<f32>; // t [L′, S′]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // [2]
@group(0) @binding(3) var<storage, read_write> parameter: array<f32>; // p [rows, columns]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.columns) { return; }
  let row = index / params.columns;
  let column = index % params.columns;
  let at = select(row * params.padded_short + column, column * params.padded_short + row, params.wide == 1);
  parameter[index] -= numbers[0] * params.scale * tall[at];
}
