// batchedProduct with subgroups: m[b, r, c] = Σ_k u[b, k, r] · v[b, k, c], one matrix product per batch b.
// u [B, K, R/4] and v [B, K, C/4] in vec4; m [B, R, C/4]. R and C are multiples of 16.
// Four neighbouring invocations (a quad) own 16 × 16 results, each 16 rows × 4 columns in registers. Of the 16 rows of u that
// they share each loads four and swaps them with the others, so that 2 vec4 loads feed 64 multiply-adds where
// batched_product_narrow needs 5. A swap costs a CPU one shuffle where a broadcast costs ten instructions; so which four rows a
// matrix of sums holds differs from lane to lane, and is put right when they are written.
// On a CPU a load costs far more than a multiply-add and carrying a sum round the loop as much as six: two terms a turn halve the
// latter, more make a loop that no longer fits its instruction cache, larger blocks too. Right for every subgroup size, since none is
// below 4, where four invocations in a row are a quad: WGSL does not promise it, the start-up self-test finds out.

enable subgroups;
{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as u and v are stored; arithmetic is f32

struct Params {
  depth: u32, // K
  row_quads: u32, // R / 4
  column_quads: u32, // C / 4
  batches: u32, // B
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> u: array<Element>;
@group(0) @binding(2) var<storage, read> v: array<Element>;
@group(0) @binding(3) var<storage, read_write> m: array<vec4f>;

// Two terms of four neighbouring columns in a row. By components: a compiler that works vector by vector keeps every intermediate
// vector in memory, but the intermediate of a component in a register.
fn add(s: vec4f, v: vec4f, u: f32, w: vec4f, t: f32) -> vec4f {
  return vec4f(s.x + v.x * u + w.x * t, s.y + v.y * u + w.y * t, s.z + v.z * u + w.z * t, s.w + v.w * u + w.w * t);
}

// The same for four rows; column j of a matrix is row j of m.
fn add_rows(s: mat4x4f, v: vec4f, u: vec4f, w: vec4f, t: vec4f) -> mat4x4f {
  return mat4x4f(add(s[0], v, u.x, w, t.x), add(s[1], v, u.y, w, t.y), add(s[2], v, u.z, w, t.z), add(s[3], v, u.w, w, t.w));
}

struct Block { // sixteen rows: this lane's four, and those of the lanes whose number differs in bit 0, in bit 1, in both
  own: mat4x4f,
  x: mat4x4f,
  y: mat4x4f,
  diagonal: mat4x4f,
}

// Two terms of all sums: rows u and t of this lane, columns v and w.
fn step(sums: ptr<function, Block>, u: vec4f, v: vec4f, t: vec4f, w: vec4f) {
  (*sums).own = add_rows((*sums).own, v, u, w, t);
  (*sums).x = add_rows((*sums).x, v, quadSwapX(u), w, quadSwapX(t));
  (*sums).y = add_rows((*sums).y, v, quadSwapY(u), w, quadSwapY(t));
  (*sums).diagonal = add_rows((*sums).diagonal, v, quadSwapDiagonal(u), w, quadSwapDiagonal(t));
}

fn write_sums(at: u32, stride: u32, sums: mat4x4f) {
  m[at] = sums[0];
  m[at + stride] = sums[1];
  m[at + 2 * stride] = sums[2];
  m[at + 3 * stride] = sums[3];
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
  let c = index % column_quads;
  let r = index / column_quads % row_blocks * 4;
  let b = index / (column_quads * row_blocks);

  var i = b * depth * row_quads + r + lane;
  var j = b * depth * column_quads + c;
  var sums: Block;
  for (var k = 1u; k < depth; k += 2) {
    step(&sums, vec4f(u[i]), vec4f(v[j]), vec4f(u[i + row_quads]), vec4f(v[j + column_quads]));
    i += 2 * row_quads;
    j += 2 * column_quads;
  }
  if (depth % 2 == 1) { step(&sums, vec4f(u[i]), vec4f(v[j]), vec4f(), vec4f()); }
  if (invocation >= lanes) { return; }
  let first = (b * row_quads + r) * 4 * column_quads + c;
  let four_rows = 4 * column_quads;
  write_sums(first + lane * four_rows, column_quads, sums.own);
  write_sums(first + (lane ^ 1) * four_rows, column_quads, sums.x);
  write_sums(first + (lane ^ 2) * four_rows, column_quads, sums.y);
  write_sums(first + (lane ^ 3) * four_rows, column_quads, sums.diagonal);
}
