// stridedProduct in blocks: as strided_product, where columns of b and y lie side by side and come in eights. One invocation owns
// 8 rows × 8 columns in registers: 8 numbers and 2 vec4 a turn feed 64 multiply-adds. Rows beyond the last repeat it and are not
// written.

@group(0) @binding(2) var<storage, read> b: array<vec4f>; // right operand
@group(0) @binding(3) var<storage, read> bias: array<vec4f>; // [columns]
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>; // result

fn write_row(batch: u32, row: u32, column: u32, left: vec4f, right: vec4f) {
  if (row >= params.rows) { return; }
  var sums = array<vec4f, 2>(left * params.factor, right * params.factor);
  if (params.has_bias == 1) {
    sums[0] += bias[column / 4];
    sums[1] += bias[column / 4 + 1];
  }
  let at = (batch * params.y_batch + row * params.y_row + column) / 4;
  if (KEEP == 1) {
    sums[0] += y[at];
    sums[1] += y[at + 1];
  }
  y[at] = sums[0];
  y[at + 1] = sums[1];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let column_blocks = params.columns / 8;
  let row_blocks = (params.rows + 7) / 8;
  if (index >= params.batches * row_blocks * column_blocks) { return; }
  let column = index % column_blocks * 8;
  let row = index / column_blocks % row_blocks * 8;
  let batch = index / (column_blocks * row_blocks);
  let last = params.rows - 1;
  let depth = params.depth; // copies, since a CPU reads a uniform like any other memory
  let a_depth = params.a_depth;
  let b_depth = params.b_depth / 4;
  let first = params.a_first + batch * params.a_batch;
  #for R in 8
  var at{{R}} = first + min(row + {{R}}, last) * params.a_row;
  var left{{R}} = vec4f();
  var right{{R}} = vec4f();
  #end
  var j = (params.b_first + batch * params.b_batch + column) / 4;
  for (var k = 0u; k < depth; k++) {
    let b0 = b[j];
    let b1 = b[j + 1];
    #for R in 8
    let a{{R}} = a[at{{R}}];
    left{{R}} += a{{R}} * b0;
    right{{R}} += a{{R}} * b1;
    at{{R}} += a_depth;
    #end
    j += b_depth;
  }
  #for R in 8
  write_row(batch, row + {{R}}, column, left{{R}}, right{{R}});
  #end
}
