// batchedProduct: m[b, r, c] = Σ_k u[b, k, r] · v[b, k, c], one matrix product per batch b: the frequencies of a Winograd
// convolution (r: channels, c: tiles, k: input channels) or the groups of a gathered one (c: pixels, k: channels × taps).
// u [B, K, R/4] and v [B, K, C/4] in vec4; m [B, R, C/4]. R and C are multiples of 16.
// One invocation owns 16 × 16 results in registers: 8 vec4 loads feed 256 multiply-adds. No workgroup memory and no barrier:
// on a CPU both cost more than they save; and one term a turn of the loop, since more code than a cache holds costs most.

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

// One term of all sums.
fn step(sums: ptr<function, Block>, i: u32, j: u32) {
  let v0 = Term(v[j]);
  let v1 = Term(v[j + 1]);
  let v2 = Term(v[j + 2]);
  let v3 = Term(v[j + 3]);
  let ua = Term(u[i]);
  (*sums).a0 += outer(v0, ua);
  (*sums).a1 += outer(v1, ua);
  (*sums).a2 += outer(v2, ua);
  (*sums).a3 += outer(v3, ua);
  let ub = Term(u[i + 1]);
  (*sums).b0 += outer(v0, ub);
  (*sums).b1 += outer(v1, ub);
  (*sums).b2 += outer(v2, ub);
  (*sums).b3 += outer(v3, ub);
  let uc = Term(u[i + 2]);
  (*sums).c0 += outer(v0, uc);
  (*sums).c1 += outer(v1, uc);
  (*sums).c2 += outer(v2, uc);
  (*sums).c3 += outer(v3, uc);
  let ud = Term(u[i + 3]);
  (*sums).d0 += outer(v0, ud);
  (*sums).d1 += outer(v1, ud);
  (*sums).d2 += outer(v2, ud);
  (*sums).d3 += outer(v3, ud);
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
  let column_blocks = params.column_quads / 4;
  let row_blocks = params.row_quads / 4;
  if (index >= params.batches * row_blocks * column_blocks) { return; }
  let c = index % column_blocks * 4;
  let r = index / column_blocks % row_blocks * 4;
  let b = index / (column_blocks * row_blocks);

  var i = b * params.depth * params.row_quads + r;
  var j = b * params.depth * params.column_quads + c;
  var sums: Block;
  for (var k = 0u; k < params.depth; k++) {
    step(&sums, i, j);
    i += params.row_quads;
    j += params.column_quads;
  }
  let first = (b * params.row_quads + r) * 4 * params.column_quads + c;
  let four_rows = 4 * params.column_quads;
  write_rows(first, sums.a0, sums.a1, sums.a2, sums.a3);
  write_rows(first + four_rows, sums.b0, sums.b1, sums.b2, sums.b3);
  write_rows(first + 2 * four_rows, sums.c0, sums.c1, sums.c2, sums.c3);
  write_rows(first + 3 * four_rows, sums.d0, sums.d1, sums.d2, sums.d3);
}
