// pixelNorm, backward: dx = r · (dy − x · r² · mean(dy · x)), r = rsqrt(mean(x²) + 1e-8), each row for itself.
// One workgroup a row.

struct Params {
  rows: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [rows, n]
@group(0) @binding(2) var<storage, read> dy: array<f32>; // [rows, n]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [rows, n]

alias Partial = f32; // of parts/tree_sum
const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.x + group.y * workgroups.x;
  let first = row * params.n;
  var squares = 0.0;
  var along = 0.0;
  if (row < params.rows) {
    for (var i = local; i < params.n; i += WORKGROUP_SIZE) {
      squares += x[first + i] * x[first + i];
      along += x[first + i] * dy[first + i];
    }
  }
  let r = inverseSqrt(tree_sum_for_all(squares, local) / f32(params.n) + 1e-8);
  workgroupBarrier();
  let mean = tree_sum_for_all(along, local) / f32(params.n);
  if (row >= params.rows) { return; }
  for (var i = local; i < params.n; i += WORKGROUP_SIZE) {
    dx[first + i] = r * (dy[first + i] - x[first + i] * r * r * mean);
  }
}
