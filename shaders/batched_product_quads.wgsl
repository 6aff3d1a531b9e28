// batchedProduct with subgroups: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b.
// Layout: see parts/batched_product, in vec4; R and C are multiples of 16.
// Four neighbouring invocations (a quad) own 16 × 16 results, each 16 rows × 4 columns in registers. Of the 16 rows of `left` that
// they share each loads four and swaps them with the others, so that 2 vec4 loads feed 64 multiply-adds where
// batched_product_narrow needs 5. A swap costs a CPU one shuffle where a broadcast costs ten instructions; so which four rows a
// matrix of sums holds differs from lane to lane, and is put right when they are written.
// On a CPU a load costs far more than a multiply-add and carrying a sum round the loop as much as six: two terms a turn halve the
// latter, more make a loop that no longer fits its instruction cache, larger blocks too. Right for every subgroup size, since none is
// below 4, where four invocations in a row are a quad: WGSL does not promise it, the start-up self-test finds out.

enable subgroups;
{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as left and right are stored; arithmetic is f32
alias Result = vec4f;

// Two terms of four neighbouring columns in a row. By components: a compiler that works vector by vector keeps every intermediate
// vector in memory, but the intermediate of a component in a register.
fn add(sum: vec4f, columns: vec4f, row: f32, next_columns: vec4f, next_row: f32) -> vec4f {
  return vec4f(
    sum.x + columns.x * row + next_columns.x * next_row,
    sum.y + columns.y * row + next_columns.y * next_row,
    sum.z + columns.z * row + next_columns.z * next_row,
    sum.w + columns.w * row + next_columns.w * next_row);
}

// The same for four rows; column j of a matrix is row j of the product.
fn add_rows(sums: mat4x4f, columns: vec4f, rows: vec4f, next_columns: vec4f, next_rows: vec4f) -> mat4x4f {
  return mat4x4f(
    add(sums[0], columns, rows.x, next_columns, next_rows.x),
    add(sums[1], columns, rows.y, next_columns, next_rows.y),
    add(sums[2], columns, rows.z, next_columns, next_rows.z),
    add(sums[3], columns, rows.w, next_columns, next_rows.w));
}

// Sixteen rows: this lane's four, and those of the lanes whose number differs in bit 0, in bit 1, in both.
struct Sums {
  own: mat4x4f,
  x: mat4x4f,
  y: mat4x4f,
  diagonal: mat4x4f,
}

// Two terms of all sums.
fn step(sums: ptr<function, Sums>, rows: vec4f, columns: vec4f, next_rows: vec4f, next: vec4f) {
  (*sums).own = add_rows((*sums).own, columns, rows, next, next_rows);
  (*sums).x = add_rows((*sums).x, columns, quadSwapX(rows), next, quadSwapX(next_rows));
  (*sums).y = add_rows((*sums).y, columns, quadSwapY(rows), next, quadSwapY(next_rows));
  (*sums).diagonal = add_rows((*sums).diagonal, columns, quadSwapDiagonal(rows), next, quadSwapDiagonal(next_rows));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let depth = params.depth; // copies, since a CPU reads a uniform as slowly as any other memory
  let row_quads = params.row_quads;
  let column_quads = params.column_quads;
  let row_blocks = row_quads / 4;
  let lanes = params.batches * row_blocks * column_quads;
  let invocation = id.x + id.y * workgroups.x * 64;
  let index = min(invocation, lanes - 1); // a quad beyond the end repeats the last column, and stores nothing
  let lane = invocation % 4;
  let column = index % column_quads;
  let row = index / column_quads % row_blocks * 4;
  let batch = index / (column_quads * row_blocks);

  var left_at = batch * depth * row_quads + row + lane;
  var right_at = batch * depth * column_quads + column;
  var sums: Sums;
  for (var k = 1u; k < depth; k += 2) {
    let next_rows = vec4f(left[left_at + row_quads]);
    let next_columns = vec4f(right[right_at + column_quads]);
    step(&sums, vec4f(left[left_at]), vec4f(right[right_at]), next_rows, next_columns);
    left_at += 2 * row_quads;
    right_at += 2 * column_quads;
  }
  if (depth % 2 == 1) { step(&sums, vec4f(left[left_at]), vec4f(right[right_at]), vec4f(), vec4f()); }
  if (invocation >= lanes) { return; }
  let first = (batch * row_quads + row) * 4 * column_quads + column;
  let four_rows = 4 * column_quads;
  write_rows(first + lane * four_rows, column_quads, sums.own);
  write_rows(first + (lane ^ 1) * four_rows, column_quads, sums.x);
  write_rows(first + (lane ^ 2) * four_rows, column_quads, sums.y);
  write_rows(first + (lane ^ 3) * four_rows, column_quads, sums.diagonal);
}
