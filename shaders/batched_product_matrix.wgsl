// batchedProduct on matrix units: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b.
// Layout: see parts/batched_product, in single elements; R and C are multiples of 16, K is 16 or more.
// A workgroup owns 64 × 64 results, each of its subgroups a quarter (32 × 32) or several: 128 invocations are whole subgroups of
// every size, and the rows and columns that four of them share come from a cache. A quarter is 2 × 2 fragments of 16 × 16 sums; a
// step loads 2 fragments of `left` and 2 of `right`, and each multiplication of two fragments is 4,096 multiply-adds in hardware
// that does nothing else. Terms are f16, their products and sums f32. The K % 16 terms that fill no fragment go through workgroup
// memory, with zeros behind them, so that nothing is read beyond a buffer. Compiled and emulated in tests; no hardware has run it
// yet.

enable subgroups;
enable chromium_experimental_subgroup_matrix;
{{ENABLE_F16}}
alias Element = {{ELEMENT}};
alias Result = f32;
alias Left = subgroup_matrix_left<{{ELEMENT}}, 16, 16>;
alias Right = subgroup_matrix_right<{{ELEMENT}}, 16, 16>;
alias Sums = subgroup_matrix_result<f32, 16, 16>;

const FRAGMENT = 16u;
const TILE = 64u; // rows and columns of a workgroup
const WORKGROUP = 128u;

var<workgroup> left_tail: array<Element, 1024>; // [FRAGMENT, TILE]
var<workgroup> right_tail: array<Element, 1024>;

// Brings the terms from `first_term` on in; zero past the last term and beyond the edge.
fn load_tail(e: u32, batch: u32, first_term: u32, first_row: u32, first_column: u32) {
  let rows = 4 * params.row_quads;
  let columns = 4 * params.column_quads;
  let k = first_term + e / TILE;
  let row = first_row + e % TILE;
  let column = first_column + e % TILE;
  var row_value = Element();
  var column_value = Element();
  if (k < params.depth && row < rows) { row_value = left[(batch * params.depth + k) * rows + row]; }
  if (k < params.depth && column < columns) { column_value = right[(batch * params.depth + k) * columns + column]; }
  left_tail[e] = row_value;
  right_tail[e] = column_value;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
) {
  let batch = group.z;
  let rows = 4 * params.row_quads;
  let columns = 4 * params.column_quads;
  let whole = params.depth - params.depth % FRAGMENT;
  if (whole < params.depth) {
    for (var e = index; e < FRAGMENT * TILE; e += WORKGROUP) { load_tail(e, batch, whole, group.y * TILE, group.x * TILE); }
    workgroupBarrier();
  }
  for (var quarter = subgroup; quarter < 4; quarter += subgroups) {
    let tile_row = quarter / 2 * 32;
    let tile_column = quarter % 2 * 32;
    let row = group.y * TILE + tile_row;
    let column = group.x * TILE + tile_column;
    if (row >= rows || column >= columns) { continue; }
    // A second fragment beyond the edge multiplies the first one's numbers again, and is not stored.
    let below = select(0u, FRAGMENT, row + FRAGMENT < rows);
    let beside = select(0u, FRAGMENT, column + FRAGMENT < columns);
    var sums00 = Sums();
    var sums01 = Sums();
    var sums10 = Sums();
    var sums11 = Sums();
    for (var k = 0u; k < whole; k += FRAGMENT) {
      let left_at = (batch * params.depth + k) * rows + row;
      let right_at = (batch * params.depth + k) * columns + column;
      let rows0 = subgroupMatrixLoad<Left, col_major>(&left, left_at, rows);
      let rows1 = subgroupMatrixLoad<Left, col_major>(&left, left_at + below, rows);
      let columns0 = subgroupMatrixLoad<Right, row_major>(&right, right_at, columns);
      let columns1 = subgroupMatrixLoad<Right, row_major>(&right, right_at + beside, columns);
      sums00 = subgroupMatrixMultiplyAccumulate(rows0, columns0, sums00);
      sums01 = subgroupMatrixMultiplyAccumulate(rows0, columns1, sums01);
      sums10 = subgroupMatrixMultiplyAccumulate(rows1, columns0, sums10);
      sums11 = subgroupMatrixMultiplyAccumulate(rows1, columns1, sums11);
    }
    if (whole < params.depth) {
      let rows0 = subgroupMatrixLoad<Left, col_major>(&left_tail, tile_row, TILE);
      let rows1 = subgroupMatrixLoad<Left, col_major>(&left_tail, tile_row + below, TILE);
      let columns0 = subgroupMatrixLoad<Right, row_major>(&right_tail, tile_column, TILE);
      let columns1 = subgroupMatrixLoad<Right, row_major>(&right_tail, tile_column + beside, TILE);
      sums00 = subgroupMatrixMultiplyAccumulate(rows0, columns0, sums00);
      sums01 = subgroupMatrixMultiplyAccumulate(rows0, columns1, sums01);
      sums10 = subgroupMatrixMultiplyAccumulate(rows1, columns0, sums10);
      sums11 = subgroupMatrixMultiplyAccumulate(rows1, columns1, sums11);
    }
    let first = (batch * rows + row) * columns + column;
    subgroupMatrixStore<row_major>(&product, first, sums00, columns);
    if (beside > 0) { subgroupMatrixStore<row_major>(&product, first + beside, sums01, columns); }
    if (below > 0) { subgroupMatrixStore<row_major>(&product, first + below * columns, sums10, columns); }
    if (beside > 0 && below > 0) { subgroupMatrixStore<row_major>(&product, first + below * columns + beside, sums11, columns); }
  }
}
