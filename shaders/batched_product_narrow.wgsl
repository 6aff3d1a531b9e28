// batchedProduct for few columns: m[b, r, c] = Σ_k u[b, k, r] · v[b, k, c], one matrix product per batch b.
// u [B, K, R/4] and v [B, K, C/4] in vec4; m [B, R, C/4]. R is a multiple of 16, C of 4.
// One invocation owns 16 × 4 results in registers: pictures of 1 to 8 pixels a side have few columns, and computing
// rounded-up ones costs more than the narrower block's additional loads.

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

// Column j is row j of m, its elements are four columns of m.
fn outer(v4: Term, u4: Term) -> mat4x4f {
  return mat4x4f(vec4f(v4 * u4.x), vec4f(v4 * u4.y), vec4f(v4 * u4.z), vec4f(v4 * u4.w));
}

struct Block { // sixteen rows
  m0: mat4x4f,
  m1: mat4x4f,
  m2: mat4x4f,
  m3: mat4x4f,
}

// Term k of all sums; past the last one it reads the last again and adds zero.
fn step(sums: ptr<function, Block>, at_u: u32, at_v: u32, k: u32) {
  let row = min(k, params.depth - 1);
  let i = at_u + row * params.row_quads;
  let v4 = Term(v[at_v + row * params.column_quads]) * {{TERM}}(select(0.0, 1.0, k < params.depth));
  (*sums).m0 += outer(v4, Term(u[i]));
  (*sums).m1 += outer(v4, Term(u[i + 1]));
  (*sums).m2 += outer(v4, Term(u[i + 2]));
  (*sums).m3 += outer(v4, Term(u[i + 3]));
}

fn write_sums(at: u32, sums: mat4x4f) {
  m[at] = sums[0];
  m[at + params.column_quads] = sums[1];
  m[at + 2 * params.column_quads] = sums[2];
  m[at + 3 * params.column_quads] = sums[3];
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let row_blocks = params.row_quads / 4;
  if (index >= params.batches * row_blocks * params.column_quads) { return; }
  let c = index % params.column_quads;
  let r = index / params.column_quads % row_blocks * 4;
  let b = index / (params.column_quads * row_blocks);

  let at_u = b * params.depth * params.row_quads + r;
  let at_v = b * params.depth * params.column_quads + c;
  var sums: Block;
  for (var k = 0u; k < params.depth; k += 4) {
    step(&sums, at_u, at_v, k);
    step(&sums, at_u, at_v, k + 1);
    step(&sums, at_u, at_v, k + 2);
    step(&sums, at_u, at_v, k + 3);
  }
  let first = (b * params.row_quads + r) * 4 * params.column_quads + c;
  write_sums(first, sums.m0);
  write_sums(first + 4 * params.column_quads, sums.m1);
  write_sums(first + 8 * params.column_quads, sums.m2);
  write_sums(first + 12 * params.column_quads, sums.m3);
}
