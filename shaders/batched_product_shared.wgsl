// batchedProduct for GPUs: m[b, r, c] = Σ_k u[b, k, r] · v[b, k, c], one matrix product per batch b.
// u [B, K, R/4] and v [B, K, C/4] in vec4; m [B, R, C/4]. R is a multiple of 16, C of 4.
// A workgroup of 8 × 8 owns 64 × 64 results: it brings 8 terms of its rows and columns into workgroup memory together, then
// each invocation multiplies 8 rows × 8 columns in registers. Each word from memory serves 64 multiply-adds instead of 16,
// and 64 sums an invocation leave a GPU registers for enough workgroups to hide its latency.

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

const TERMS = 8u;
const QUADS = 16u; // of the workgroup's rows, and of its columns

var<workgroup> u_tile: array<Element, 128>; // [TERMS, QUADS]
var<workgroup> v_tile: array<Element, 128>;

fn outer(v4: Term, u4: Term) -> mat4x4f {
  return mat4x4f(vec4f(v4 * u4.x), vec4f(v4 * u4.y), vec4f(v4 * u4.z), vec4f(v4 * u4.w));
}

// Four rows of one column quad; nothing beyond the edge.
fn write_sums(b: u32, row_quad: u32, column_quad: u32, sums: mat4x4f) {
  if (row_quad >= params.row_quads || column_quad >= params.column_quads) { return; }
  let first = (b * params.row_quads + row_quad) * 4 * params.column_quads + column_quad;
  m[first] = sums[0];
  m[first + params.column_quads] = sums[1];
  m[first + 2 * params.column_quads] = sums[2];
  m[first + 3 * params.column_quads] = sums[3];
}

// Brings element `e` of both tiles in; zero past the last term and beyond the edge.
fn load(e: u32, b: u32, k0: u32, first_row: u32, first_column: u32) {
  let k = k0 + e / QUADS;
  let row = first_row + e % QUADS;
  let column = first_column + e % QUADS;
  var u4 = Element();
  var v4 = Element();
  if (k < params.depth && row < params.row_quads) { u4 = u[(b * params.depth + k) * params.row_quads + row]; }
  if (k < params.depth && column < params.column_quads) { v4 = v[(b * params.depth + k) * params.column_quads + column]; }
  u_tile[e] = u4;
  v_tile[e] = v4;
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let b = group.z;
  let first_row = group.y * QUADS;
  let first_column = group.x * QUADS;
  // An invocation's two quads lie half a tile apart, so that neighbours read neighbouring words of workgroup memory.
  var m00 = mat4x4f();
  var m01 = mat4x4f();
  var m10 = mat4x4f();
  var m11 = mat4x4f();
  for (var k0 = 0u; k0 < params.depth; k0 += TERMS) {
    load(index, b, k0, first_row, first_column);
    load(index + 64, b, k0, first_row, first_column);
    workgroupBarrier();
    for (var k = 0u; k < TERMS; k++) {
      let u0 = Term(u_tile[k * QUADS + local.y]);
      let u1 = Term(u_tile[k * QUADS + local.y + 8]);
      let v0 = Term(v_tile[k * QUADS + local.x]);
      let v1 = Term(v_tile[k * QUADS + local.x + 8]);
      m00 += outer(v0, u0);
      m01 += outer(v1, u0);
      m10 += outer(v0, u1);
      m11 += outer(v1, u1);
    }
    workgroupBarrier();
  }
  let row = first_row + local.y;
  let column = first_column + local.x;
  write_sums(b, row, column, m00);
  write_sums(b, row, column + 8, m01);
  write_sums(b, row + 8, column, m10);
  write_sums(b, row + 8, column + 8, m11);
}
