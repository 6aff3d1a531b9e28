// batchedProduct on matrix units: m[b, r, c] = Σ_k u[b, k, r] · v[b, k, c], one matrix product per batch b.
// u [B, K, R] and v [B, K, C] as stored; m [B, R, C] f32. R and C are multiples of 16, K is 16 or more.
// A workgroup owns 64 × 64 results, each of its subgroups a quarter (32 × 32) or several: 128 invocations are whole subgroups of
// every size, and the rows and columns that four of them share come from a cache. A quarter is 2 × 2 fragments of 16 × 16 sums; a
// step loads 2 fragments of u and 2 of v, and each multiplication of two fragments is 4,096 multiply-adds in hardware that does
// nothing else. Terms are f16, their products and sums f32. The K % 16 terms that fill no fragment go through workgroup memory,
// with zeros behind them, so that nothing is read beyond a buffer. Compiled and emulated in tests; no hardware has run it yet.

enable subgroups;
enable chromium_experimental_subgroup_matrix;
{{ENABLE_F16}}
alias Left = subgroup_matrix_left<{{ELEMENT}}, 16, 16>;
alias Right = subgroup_matrix_right<{{ELEMENT}}, 16, 16>;
alias Sums = subgroup_matrix_result<f32, 16, 16>;

struct Params {
  depth: u32, // K
  row_quads: u32, // R / 4
  column_quads: u32, // C / 4
  batches: u32, // B
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> u: array<{{ELEMENT}}>;
@group(0) @binding(2) var<storage, read> v: array<{{ELEMENT}}>;
@group(0) @binding(3) var<storage, read_write> m: array<f32>;

const FRAGMENT = 16u;
const TILE = 64u; // rows and columns of a workgroup
const WORKGROUP = 128u;

var<workgroup> u_tail: array<{{ELEMENT}}, 1024>; // [FRAGMENT, TILE]
var<workgroup> v_tail: array<{{ELEMENT}}, 1024>;

// Brings the terms from `k0` on in; zero past the last term and beyond the edge.
fn load_tail(e: u32, b: u32, k0: u32, first_row: u32, first_column: u32) {
  let rows = 4 * params.row_quads;
  let columns = 4 * params.column_quads;
  let k = k0 + e / TILE;
  let row = first_row + e % TILE;
  let column = first_column + e % TILE;
  var u1 = {{ELEMENT}}();
  var v1 = {{ELEMENT}}();
  if (k < params.depth && row < rows) { u1 = u[(b * params.depth + k) * rows + row]; }
  if (k < params.depth && column < columns) { v1 = v[(b * params.depth + k) * columns + column]; }
  u_tail[e] = u1;
  v_tail[e] = v1;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
) {
  let b = group.z;
  let rows = 4 * params.row_quads;
  let columns = 4 * params.column_quads;
  let whole = params.depth - params.depth % FRAGMENT;
  if (whole < params.depth) {
    for (var e = index; e < FRAGMENT * TILE; e += WORKGROUP) { load_tail(e, b, whole, group.y * TILE, group.x * TILE); }
    workgroupBarrier();
  }
  for (var quarter = subgroup; quarter < 4; quarter += subgroups) {
    let r = quarter / 2 * 32; // within the tile
    let c = quarter % 2 * 32;
    let row = group.y * TILE + r;
    let column = group.x * TILE + c;
    if (row >= rows || column >= columns) { continue; }
    // A second fragment beyond the edge multiplies the first one's numbers again, and is not stored.
    let down = select(0u, FRAGMENT, row + FRAGMENT < rows);
    let right = select(0u, FRAGMENT, column + FRAGMENT < columns);
    var m00 = Sums();
    var m01 = Sums();
    var m10 = Sums();
    var m11 = Sums();
    for (var k = 0u; k < whole; k += FRAGMENT) {
      let i = (b * params.depth + k) * rows + row;
      let j = (b * params.depth + k) * columns + column;
      let u0 = subgroupMatrixLoad<Left, col_major>(&u, i, rows);
      let u1 = subgroupMatrixLoad<Left, col_major>(&u, i + down, rows);
      let v0 = subgroupMatrixLoad<Right, row_major>(&v, j, columns);
      let v1 = subgroupMatrixLoad<Right, row_major>(&v, j + right, columns);
      m00 = subgroupMatrixMultiplyAccumulate(u0, v0, m00);
      m01 = subgroupMatrixMultiplyAccumulate(u0, v1, m01);
      m10 = subgroupMatrixMultiplyAccumulate(u1, v0, m10);
      m11 = subgroupMatrixMultiplyAccumulate(u1, v1, m11);
    }
    if (whole < params.depth) {
      let u0 = subgroupMatrixLoad<Left, col_major>(&u_tail, r, TILE);
      let u1 = subgroupMatrixLoad<Left, col_major>(&u_tail, r + down, TILE);
      let v0 = subgroupMatrixLoad<Right, row_major>(&v_tail, c, TILE);
      let v1 = subgroupMatrixLoad<Right, row_major>(&v_tail, c + right, TILE);
      m00 = subgroupMatrixMultiplyAccumulate(u0, v0, m00);
      m01 = subgroupMatrixMultiplyAccumulate(u0, v1, m01);
      m10 = subgroupMatrixMultiplyAccumulate(u1, v0, m10);
      m11 = subgroupMatrixMultiplyAccumulate(u1, v1, m11);
    }
    let first = (b * rows + row) * columns + column;
    subgroupMatrixStore<row_major>(&m, first, m00, columns);
    if (right > 0) { subgroupMatrixStore<row_major>(&m, first + right, m01, columns); }
    if (down > 0) { subgroupMatrixStore<row_major>(&m, first + down * columns, m10, columns); }
    if (right > 0 && down > 0) { subgroupMatrixStore<row_major>(&m, first + down * columns + right, m11, columns); }
  }
}
