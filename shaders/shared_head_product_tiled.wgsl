// Δ[m, n] = Σ_k h[m, k]·w1[k, n] + t[layer(m)]·b1[n]: second map of the shared head, a matrix product.
//
// h [layers·C, z], w1 [z, C·f²], Δ [layers·C, C·f²], which read in place is [layers, out C, in C, f, f].
// A workgroup of 8×8 invocations owns a 64×64 tile of Δ; each invocation an 8×8 part of it in registers (rows 8 apart, so
// that neighbours read different memory banks; columns as two vec4, 32 apart). DEPTH values of k are staged in workgroup memory:
// per four of them an invocation reads 16 vec4 for 256 multiply-adds. z and C·f² are multiples of four here;
// `shared_head_product_direct.wgsl` takes the others.

struct Params {
  rows: u32, // layers·C
  z: u32,
  columns: u32, // C·f² / 4
  rowsPerLayer: u32, // C
}

override HAS_SCALES: bool;

const SIDE = 64u; // of the tile of Δ
const DEPTH = 8u; // values of k staged at a time
const QUADS = DEPTH / 4u;
const PITCH = QUADS + 1u; // padding keeps rows in different banks
const PER_INVOCATION = 8u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [≥ layers, z + 1]; the last column is t
@group(0) @binding(2) var<storage, read> h: array<vec4<f32>>; // [layers·C, z]
@group(0) @binding(3) var<storage, read> w1: array<{{WEIGHT}}>; // [z, C·f²]
@group(0) @binding(4) var<storage, read> scales: array<f32>; // [z] (i8)
@group(0) @binding(5) var<storage, read> b1: array<vec4<f32>>; // [C·f²]
@group(0) @binding(6) var<storage, read_write> delta: array<vec4<f32>>; // [layers·C, C·f²]

var<workgroup> left: array<vec4<f32>, SIDE * PITCH>; // [row][k / 4]
var<workgroup> right: array<vec4<f32>, DEPTH * SIDE / 4>; // [k][column / 4]

fn f32x4(word: vec4<f32>) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32) -> vec4<f32> { return vec4(i8At(word, 0), i8At(word, 1), i8At(word, 2), i8At(word, 3)); }
fn i8At(word: u32, lane: u32) -> f32 { return f32(extractBits(bitcast<i32>(word), 8 * lane, 8)); }

// Four elements of h along k, zero outside.
fn leftAt(row: u32, quad: u32) -> vec4<f32> {
  if (row >= params.rows || quad >= params.z / 4) {
    return vec4(0.0);
  }
  return h[row * (params.z / 4) + quad];
}

// Four elements of w1 along n, zero outside.
fn rightAt(k: u32, column: u32) -> vec4<f32> {
  if (k >= params.z || column >= params.columns) {
    return vec4(0.0);
  }
  let value = {{DTYPE}}x4(w1[k * params.columns + column]);
  if (HAS_SCALES) {
    return value * scales[k];
  }
  return value;
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) id: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row0 = group.y * SIDE;
  let column0 = group.x * (SIDE / 4);
  var sums0: array<vec4<f32>, PER_INVOCATION>; // columns column0 + id.x
  var sums1: array<vec4<f32>, PER_INVOCATION>; // columns column0 + id.x + 8

  for (var k0 = 0u; k0 < params.z; k0 += DEPTH) {
    for (var i = local; i < SIDE * QUADS; i += 64) {
      left[(i / QUADS) * PITCH + i % QUADS] = leftAt(row0 + i / QUADS, k0 / 4 + i % QUADS);
      right[i] = rightAt(k0 + i / (SIDE / 4), column0 + i % (SIDE / 4));
    }
    workgroupBarrier();
    for (var quad = 0u; quad < QUADS; quad++) {
      let b = quad * SIDE + id.x;
      let c0 = array(right[b], right[b + 16], right[b + 32], right[b + 48]);
      let c1 = array(right[b + 8], right[b + 24], right[b + 40], right[b + 56]);
      for (var i = 0u; i < PER_INVOCATION; i++) {
        let a = left[(id.y + 8 * i) * PITCH + quad];
        sums0[i] += a.x * c0[0] + a.y * c0[1] + a.z * c0[2] + a.w * c0[3];
        sums1[i] += a.x * c1[0] + a.y * c1[1] + a.z * c1[2] + a.w * c1[3];
      }
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < PER_INVOCATION; i++) {
    let row = row0 + id.y + 8 * i;
    if (row >= params.rows) {
      return;
    }
    let steps = state[(row / params.rowsPerLayer) * (params.z + 1) + params.z];
    let column = column0 + id.x;
    if (column < params.columns) {
      delta[row * params.columns + column] = sums0[i] + steps * b1[column];
    }
    if (column + 8 < params.columns) {
      delta[row * params.columns + column + 8] = sums1[i] + steps * b1[column + 8];
    }
  }
}
