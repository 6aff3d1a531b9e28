// Δ[m, n] = Σ_k h[m, k]·w1[k, n] + t[layer(m)]·b1[n], without workgroup memory: any z and C·f², and software adapters,
// where workgroup memory costs instead of saving.
//
// h [layers·C, z], w1 [z, C·f²], the matrix, Δ [layers·C, C·f²], which read in place is [layers, out C, in C, f, f].
// An invocation makes 8 rows of one vector of columns: each vector of w1 it reads serves 8 times. Neighbours in x read
// neighbouring vectors of w1 and the same h.

struct Params {
  rows: u32, // layers·C
  z: u32,
  columns: u32, // C·f² in vectors
  rows_per_layer: u32, // C
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> state: array<f32>; // [≥ layers, z + 1]; the last column is t
@group(0) @binding(4) var<storage, read> h: array<f32>; // [layers·C, z]
@group(0) @binding(5) var<storage, read> b1: array<Vector>; // [C·f²]
@group(0) @binding(6) var<storage, read_write> delta: array<Vector>; // [layers·C, C·f²]

fn store(row: u32, column: u32, sum: Vector) {
  if (row >= params.rows) { return; }
  let steps = state[(row / params.rows_per_layer) * (params.z + 1) + params.z];
  delta[row * params.columns + column] = sum + steps * b1[column];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = id.y * 8;
  if (column >= params.columns || row >= params.rows) { return; }
  let last = params.rows - 1; // rows past it repeat it and are not stored
  #for R in 8
  let first{{R}} = min(row + {{R}}, last) * params.z;
  var sum{{R}} = Vector();
  #end
  for (var k = 0u; k < params.z; k++) {
    var value = weight_at(k * params.columns + column);
    if (HAS_SCALES) { value *= scales[k]; }
    #for R in 8
    sum{{R}} += h[first{{R}} + k] * value;
    #end
  }
  #for R in 8
  store(row + {{R}}, column, sum{{R}});
  #end
}
