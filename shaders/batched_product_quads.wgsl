// batchedProduct with subgroups: m[b, r, c] = Σ_k u[b, k, r] · v[b, k, c], one matrix product per batch b.
// u [B, K, R/4] and v [B, K, C/4] in vec4; m [B, R, C/4]. R and C are multiples of 16.
// Four neighbouring invocations (a quad) own 16 × 16 results, each 16 rows × 4 columns in registers. Of the 16 rows of u that
// they share each loads four and hands them round, so that 2 vec4 loads feed 64 multiply-adds where batched_product_narrow
// needs 5. On a CPU a load costs as much as some 80 multiply-adds and a broadcast as one shuffle; blocks larger than this make
// loops that no longer fit the instruction cache there. Right for every subgroup size, since none is below 4.

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

// Column j is row j of m, its elements are four columns of m.
fn outer(v4: vec4f, u4: vec4f) -> mat4x4f {
  return mat4x4f(v4 * u4.x, v4 * u4.y, v4 * u4.z, v4 * u4.w);
}

struct Block { // sixteen rows
  m0: mat4x4f,
  m1: mat4x4f,
  m2: mat4x4f,
  m3: mat4x4f,
}

// One term of all sums; u4 are the rows 4·lane .. 4·lane + 3.
fn step(sums: ptr<function, Block>, u4: vec4f, v4: vec4f) {
  (*sums).m0 += outer(v4, quadBroadcast(u4, 0u));
  (*sums).m1 += outer(v4, quadBroadcast(u4, 1u));
  (*sums).m2 += outer(v4, quadBroadcast(u4, 2u));
  (*sums).m3 += outer(v4, quadBroadcast(u4, 3u));
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
    step(&sums, vec4f(u[i]), vec4f(v[j]));
    step(&sums, vec4f(u[i + row_quads]), vec4f(v[j + column_quads]));
    i += 2 * row_quads;
    j += 2 * column_quads;
  }
  if (depth % 2 == 1) { step(&sums, vec4f(u[i]), vec4f(v[j])); }
  if (invocation >= lanes) { return; }
  let first = (b * row_quads + r) * 4 * column_quads + c;
  write_sums(first, column_quads, sums.m0);
  write_sums(first + 4 * column_quads, column_quads, sums.m1);
  write_sums(first + 8 * column_quads, column_quads, sums.m2);
  write_sums(first + 12 * column_quads, column_quads, sums.m3);
}
