// Muon, first part: m ← β m + g, and the direction u = g + β m (Nesterov) as a tall matrix with whole blocks of rows and columns:
// t[l, s] = u[l, s], or u[s, l] where u is wider than tall; zero beyond. g is the gradient times numbers[1].
// One invocation an element of t.

struct Params {
  count: u32, // of t
  rows: u32, // of u
  columns: u32,
  padded_short: u32, // columns of t
  wide: u32, // 1: u has more columns than rows
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // [rows, columns]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // [2]
@group(0) @binding(3) var<storage, read_write> momentum: array<f32>; // m [rows, columns]
@group(0) @binding(4) var<storage, read_write> tall: array<f32>; // t [L′, S′]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let l = index / params.padded_short;
  let s = index % params.padded_short;
  let row = select(l, s, params.wide == 1);
  let column = select(s, l, params.wide == 1);
  var direction = 0.0;
  if (row < params.rows && column < params.columns) {
    let at = row * params.columns + column;
    let g = gradient[at] * numbers[1];
    let m = params.beta * momentum[at] + g;
    momentum[at] = m;
    direction = g + params.beta * m;
  }
  tall[index] = direction;
}
