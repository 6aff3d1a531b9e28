// batchedProduct: m[b, r, c] = Σ_k u[b, k, r] · v[b, k, c], one matrix product per batch b: the frequencies of a Winograd
// convolution (r: channels, c: tiles, k: input channels) or the groups of a gathered one (c: pixels, k: channels × taps).
// u [B, K, R/4] and v [B, K, C/4] in vec4; m [B, R, C/4]. R and C are multiples of 16.
// One invocation owns 16 × 16 results in registers: 8 vec4 loads feed 256 multiply-adds. No workgroup memory and
// no barrier, which cost more than they save where the "GPU" is a CPU.

struct Params {
  depth: u32, // K
  row_quads: u32, // R / 4
  column_quads: u32, // C / 4
  batches: u32, // B
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> u: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> m: array<vec4f>;

// Four rows × sixteen columns of m; column j of each matrix is row j of m.
struct Sums {
  a: mat4x4f,
  b: mat4x4f,
  c: mat4x4f,
  d: mat4x4f,
}

// Adds v ⊗ u to the sums of four rows.
fn accumulate(sums: ptr<function, Sums>, va: vec4f, vb: vec4f, vc: vec4f, vd: vec4f, u4: vec4f) {
  (*sums).a += mat4x4f(va * u4.x, va * u4.y, va * u4.z, va * u4.w);
  (*sums).b += mat4x4f(vb * u4.x, vb * u4.y, vb * u4.z, vb * u4.w);
  (*sums).c += mat4x4f(vc * u4.x, vc * u4.y, vc * u4.z, vc * u4.w);
  (*sums).d += mat4x4f(vd * u4.x, vd * u4.y, vd * u4.z, vd * u4.w);
}

// Sixteen columns of one row.
fn write_row(at: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {
  m[at] = a;
  m[at + 1] = b;
  m[at + 2] = c;
  m[at + 3] = d;
}

fn write_sums(at: u32, s: Sums) {
  let row = params.column_quads;
  write_row(at, s.a[0], s.b[0], s.c[0], s.d[0]);
  write_row(at + row, s.a[1], s.b[1], s.c[1], s.d[1]);
  write_row(at + 2 * row, s.a[2], s.b[2], s.c[2], s.d[2]);
  write_row(at + 3 * row, s.a[3], s.b[3], s.c[3], s.d[3]);
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

  var at_u = b * params.depth * params.row_quads + r;
  var at_v = b * params.depth * params.column_quads + c;
  var s0: Sums;
  var s1: Sums;
  var s2: Sums;
  var s3: Sums;
  for (var k = 0u; k < params.depth; k++) {
    let va = v[at_v];
    let vb = v[at_v + 1];
    let vc = v[at_v + 2];
    let vd = v[at_v + 3];
    accumulate(&s0, va, vb, vc, vd, u[at_u]);
    accumulate(&s1, va, vb, vc, vd, u[at_u + 1]);
    accumulate(&s2, va, vb, vc, vd, u[at_u + 2]);
    accumulate(&s3, va, vb, vc, vd, u[at_u + 3]);
    at_u += params.row_quads;
    at_v += params.column_quads;
  }
  let first = (b * params.row_quads + r) * 4 * params.column_quads + c;
  write_sums(first, s0);
  write_sums(first + 4 * params.column_quads, s1);
  write_sums(first + 8 * params.column_quads, s2);
  write_sums(first + 12 * params.column_quads, s3);
}
