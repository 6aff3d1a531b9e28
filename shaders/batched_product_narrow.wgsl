// batchedProduct for few columns: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b.
// Layout: see parts/batched_product, in vec4; R is a multiple of 16, C of 4.
// One invocation owns 16 × 4 results in registers: pictures of 1 to 8 pixels a side have few columns, and computing
// rounded-up ones costs more than the narrower block's additional loads.

{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as left and right are stored
alias Term = vec4<{{TERM}}>; // as they are multiplied
alias Result = vec4f;
alias Sums = array<mat4x4f, 4>; // sixteen rows × four columns

// Term k of all sums; past the last one it reads the last again and adds zero.
fn step(sums: ptr<function, Sums>, left_at: u32, right_at: u32, k: u32) {
  let last = min(k, params.depth - 1);
  let rows = left_at + last * params.row_quads;
  let columns = Term(right[right_at + last * params.column_quads]) * {{TERM}}(select(0.0, 1.0, k < params.depth));
  #for Q in 4
  (*sums)[{{Q}}] += outer(columns, Term(left[rows + {{Q}}]));
  #end
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let row_blocks = params.row_quads / 4;
  if (index >= params.batches * row_blocks * params.column_quads) { return; }
  let column = index % params.column_quads;
  let row = index / params.column_quads % row_blocks * 4;
  let batch = index / (params.column_quads * row_blocks);

  let left_at = batch * params.depth * params.row_quads + row;
  let right_at = batch * params.depth * params.column_quads + column;
  var sums: Sums;
  for (var k = 0u; k < params.depth; k += 4) {
    step(&sums, left_at, right_at, k);
    step(&sums, left_at, right_at, k + 1);
    step(&sums, left_at, right_at, k + 2);
    step(&sums, left_at, right_at, k + 3);
  }
  let first = (batch * params.row_quads + row) * 4 * params.column_quads + column;
  #for Q in 4
  write_rows(first + {{Q}} * 4 * params.column_quads, params.column_quads, sums[{{Q}}]);
  #end
}
