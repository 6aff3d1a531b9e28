// batchedProduct for GPUs: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b.
// Layout: see parts/batched_product, in vec4; R is a multiple of 16, C of 4.
// A workgroup of 8 × 8 owns 64 × 64 results: it brings 8 terms of its rows and columns into workgroup memory together, then
// each invocation multiplies 8 rows × 8 columns in registers. Each word from memory serves 64 multiply-adds instead of 16,
// and 64 sums an invocation leave a GPU registers for enough workgroups to hide its latency.

{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as left and right are stored
alias Term = vec4<{{TERM}}>; // as they are multiplied
alias Result = vec4f;

const TERMS = 8u;
const QUADS = 16u; // of the workgroup's rows, and of its columns

var<workgroup> left_tile: array<Element, 128>; // [TERMS, QUADS]
var<workgroup> right_tile: array<Element, 128>;

// Writes four rows of one column quad; nothing beyond the edge.
fn write_sums(batch: u32, row_quad: u32, column_quad: u32, sums: mat4x4f) {
  if (row_quad >= params.row_quads || column_quad >= params.column_quads) { return; }
  write_rows((batch * params.row_quads + row_quad) * 4 * params.column_quads + column_quad, params.column_quads, sums);
}

// Brings element `e` of both tiles in; zero past the last term and beyond the edge.
fn load(e: u32, batch: u32, first_term: u32, first_row: u32, first_column: u32) {
  let k = first_term + e / QUADS;
  let row = first_row + e % QUADS;
  let column = first_column + e % QUADS;
  let term = batch * params.depth + k;
  var rows = Element();
  var columns = Element();
  if (k < params.depth && row < params.row_quads) { rows = left[term * params.row_quads + row]; }
  if (k < params.depth && column < params.column_quads) { columns = right[term * params.column_quads + column]; }
  left_tile[e] = rows;
  right_tile[e] = columns;
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let batch = group.z;
  let first_row = group.y * QUADS;
  let first_column = group.x * QUADS;
  // An invocation's two quads lie half a tile apart, so that neighbours read neighbouring words of workgroup memory.
  var sums00 = mat4x4f();
  var sums01 = mat4x4f();
  var sums10 = mat4x4f();
  var sums11 = mat4x4f();
  for (var first_term = 0u; first_term < params.depth; first_term += TERMS) {
    load(index, batch, first_term, first_row, first_column);
    load(index + 64, batch, first_term, first_row, first_column);
    workgroupBarrier();
    for (var k = 0u; k < TERMS; k++) {
      let rows0 = Term(left_tile[k * QUADS + local.y]);
      let rows1 = Term(left_tile[k * QUADS + local.y + 8]);
      let columns0 = Term(right_tile[k * QUADS + local.x]);
      let columns1 = Term(right_tile[k * QUADS + local.x + 8]);
      sums00 += outer(columns0, rows0);
      sums01 += outer(columns1, rows0);
      sums10 += outer(columns0, rows1);
      sums11 += outer(columns1, rows1);
    }
    workgroupBarrier();
  }
  let row = first_row + local.y;
  let column = first_column + local.x;
  write_sums(batch, row, column, sums00);
  write_sums(batch, row, column + 8, sums01);
  write_sums(batch, row + 8, column, sums10);
  write_sums(batch, row + 8, column + 8, sums11);
}
