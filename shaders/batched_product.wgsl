// batchedProduct: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b: the frequencies of a
// Winograd convolution (r: channels, c: tiles, k: input channels) or the groups of a gathered one (c: pixels, k: channels ×
// taps).
// Layout: see parts/batched_product, in vec4; R and C are multiples of 16.
// One invocation owns 16 × 16 results in registers: 8 vec4 loads feed 256 multiply-adds. No workgroup memory and no barrier:
// on a CPU both cost more than they save. Two terms a turn, added in one expression, halve how often the sums, more than there
// are registers, are fetched and stored; three would be more code than a CPU's cache holds.

{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as left and right are stored
alias Term = vec4<{{TERM}}>; // as they are multiplied
alias Result = vec4f;
alias Terms = array<Term, 4>; // sixteen values of one term
alias Sums = array<mat4x4f, 16>; // [four quads of rows, four quads of columns]; column j of a matrix is a row of the product

fn rows_at(at: u32) -> Terms {
  return Terms(Term(left[at]), Term(left[at + 1]), Term(left[at + 2]), Term(left[at + 3]));
}

fn columns_at(at: u32) -> Terms {
  return Terms(Term(right[at]), Term(right[at + 1]), Term(right[at + 2]), Term(right[at + 3]));
}

// Two terms of all sums.
fn step(sums: ptr<function, Sums>, rows: Terms, columns: Terms, next_rows: Terms, next_columns: Terms) {
  #for S in 16
  (*sums)[{{S}}] = (*sums)[{{S}}] + outer(columns[{{S}} % 4], rows[{{S}} / 4]) + outer(next_columns[{{S}} % 4], next_rows[{{S}} / 4]);
  #end
}

// Writes sixteen columns of four rows.
fn write_four(at: u32, sums0: mat4x4f, sums1: mat4x4f, sums2: mat4x4f, sums3: mat4x4f) {
  for (var row = 0u; row < 4; row++) {
    let first = at + row * params.column_quads;
    product[first] = sums0[row];
    product[first + 1] = sums1[row];
    product[first + 2] = sums2[row];
    product[first + 3] = sums3[row];
  }
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let depth = params.depth; // copies, since a CPU reads a uniform like any other memory
  let row_quads = params.row_quads;
  let column_quads = params.column_quads;
  let column_blocks = column_quads / 4;
  let row_blocks = row_quads / 4;
  if (index >= params.batches * row_blocks * column_blocks) { return; }
  let column = index % column_blocks * 4;
  let row = index / column_blocks % row_blocks * 4;
  let batch = index / (column_blocks * row_blocks);

  var left_at = batch * depth * row_quads + row;
  var right_at = batch * depth * column_quads + column;
  var sums: Sums;
  for (var k = 1u; k < depth; k += 2) {
    step(&sums, rows_at(left_at), columns_at(right_at), rows_at(left_at + row_quads), columns_at(right_at + column_quads));
    left_at += 2 * row_quads;
    right_at += 2 * column_quads;
  }
  if (depth % 2 == 1) { step(&sums, rows_at(left_at), columns_at(right_at), Terms(), Terms()); }
  let first = (batch * params.row_quads + row) * 4 * params.column_quads + column;
  #for Q in 4
  write_four(
    first + {{Q}} * 4 * params.column_quads, sums[4 * {{Q}}], sums[4 * {{Q}} + 1], sums[4 * {{Q}} + 2], sums[4 * {{Q}} + 3]);
  #end
}
