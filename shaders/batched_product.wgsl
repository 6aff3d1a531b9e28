// batchedProduct: m[b, r, c] = Σ_k u[b, k, r] · v[b, k, c], one matrix product per batch b: the frequencies of a Winograd
// convolution (r: channels, c: tiles, k: input channels) or the groups of a gathered one (c: pixels, k: channels × taps).
// u [B, K, R/4] and v [B, K, C/4] in vec4; m [B, R, C/4]. R and C are multiples of 16.
// One invocation owns 16 × 16 results in registers: 8 vec4 loads feed 256 multiply-adds. No workgroup memory and no barrier:
// on a CPU both cost more than they save. Two terms a turn, added in one expression, halve how often the sums, more than there are
// registers, are fetched and stored; three would be more code than a CPU's cache holds.

{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as u and v are stored
alias Term = vec4<{{TERM}}>; // as they are multiplied; sums are f32

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

// Sixteen rows × sixteen columns of m; column j of a matrix is a row of m. Letters count rows, digits columns by four.
struct Block {
  a0: mat4x4f, a1: mat4x4f, a2: mat4x4f, a3: mat4x4f,
  b0: mat4x4f, b1: mat4x4f, b2: mat4x4f, b3: mat4x4f,
  c0: mat4x4f, c1: mat4x4f, c2: mat4x4f, c3: mat4x4f,
  d0: mat4x4f, d1: mat4x4f, d2: mat4x4f, d3: mat4x4f,
}

fn outer(v4: Term, u4: Term) -> mat4x4f {
  return mat4x4f(vec4f(v4 * u4.x), vec4f(v4 * u4.y), vec4f(v4 * u4.z), vec4f(v4 * u4.w));
}

// Sixteen values of one term.
struct Terms {
  q0: Term,
  q1: Term,
  q2: Term,
  q3: Term,
}

fn rows(i: u32) -> Terms {
  return Terms(Term(u[i]), Term(u[i + 1]), Term(u[i + 2]), Term(u[i + 3]));
}

fn columns(j: u32) -> Terms {
  return Terms(Term(v[j]), Term(v[j + 1]), Term(v[j + 2]), Term(v[j + 3]));
}

// Two terms of all sums: rows u and t, columns v and w.
fn step(sums: ptr<function, Block>, u: Terms, v: Terms, t: Terms, w: Terms) {
  (*sums).a0 = (*sums).a0 + outer(v.q0, u.q0) + outer(w.q0, t.q0);
  (*sums).a1 = (*sums).a1 + outer(v.q1, u.q0) + outer(w.q1, t.q0);
  (*sums).a2 = (*sums).a2 + outer(v.q2, u.q0) + outer(w.q2, t.q0);
  (*sums).a3 = (*sums).a3 + outer(v.q3, u.q0) + outer(w.q3, t.q0);
  (*sums).b0 = (*sums).b0 + outer(v.q0, u.q1) + outer(w.q0, t.q1);
  (*sums).b1 = (*sums).b1 + outer(v.q1, u.q1) + outer(w.q1, t.q1);
  (*sums).b2 = (*sums).b2 + outer(v.q2, u.q1) + outer(w.q2, t.q1);
  (*sums).b3 = (*sums).b3 + outer(v.q3, u.q1) + outer(w.q3, t.q1);
  (*sums).c0 = (*sums).c0 + outer(v.q0, u.q2) + outer(w.q0, t.q2);
  (*sums).c1 = (*sums).c1 + outer(v.q1, u.q2) + outer(w.q1, t.q2);
  (*sums).c2 = (*sums).c2 + outer(v.q2, u.q2) + outer(w.q2, t.q2);
  (*sums).c3 = (*sums).c3 + outer(v.q3, u.q2) + outer(w.q3, t.q2);
  (*sums).d0 = (*sums).d0 + outer(v.q0, u.q3) + outer(w.q0, t.q3);
  (*sums).d1 = (*sums).d1 + outer(v.q1, u.q3) + outer(w.q1, t.q3);
  (*sums).d2 = (*sums).d2 + outer(v.q2, u.q3) + outer(w.q2, t.q3);
  (*sums).d3 = (*sums).d3 + outer(v.q3, u.q3) + outer(w.q3, t.q3);
}

// Sixteen columns of four rows.
fn write_rows(at: u32, m0: mat4x4f, m1: mat4x4f, m2: mat4x4f, m3: mat4x4f) {
  for (var row = 0u; row < 4; row++) {
    let first = at + row * params.column_quads;
    m[first] = m0[row];
    m[first + 1] = m1[row];
    m[first + 2] = m2[row];
    m[first + 3] = m3[row];
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
  let c = index % column_blocks * 4;
  let r = index / column_blocks % row_blocks * 4;
  let b = index / (column_blocks * row_blocks);

  var i = b * depth * row_quads + r;
  var j = b * depth * column_quads + c;
  var sums: Block;
  for (var k = 1u; k < depth; k += 2) {
    step(&sums, rows(i), columns(j), rows(i + row_quads), columns(j + column_quads));
    i += 2 * row_quads;
    j += 2 * column_quads;
  }
  if (depth % 2 == 1) { step(&sums, rows(i), columns(j), Terms(), Terms()); }
  let first = (b * params.row_quads + r) * 4 * params.column_quads + c;
  let four_rows = 4 * params.column_quads;
  write_rows(first, sums.a0, sums.a1, sums.a2, sums.a3);
  write_rows(first + four_rows, sums.b0, sums.b1, sums.b2, sums.b3);
  write_rows(first + 2 * four_rows, sums.c0, sums.c1, sums.c2, sums.c3);
  write_rows(first + 3 * four_rows, sums.d0, sums.d1, sums.d2, sums.d3);
}
