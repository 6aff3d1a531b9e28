// y[r, o] = gain · leaky(weight_scale · Σ_k x[r, k]·W[o, k] + bias_scale · b[o]) + add[r, o]
//
// x [rows, n], W [m, n] (or [rows, m, n] when every row has its own layer), b [m] or [rows, m], add [1 or rows, m].
// One workgroup computes WORKGROUP_SIZE / LANES outputs of one row. The LANES invocations of an output read consecutive
// vectors of its weight row (a 128-byte line together), then add up. The layer is bound by reading W; x stays in the cache.

struct Params {
  columns: u32, // n in vectors
  outputs: u32, // m
  input_row: u32, // first row of x that is read
  group_stride: u32, // weight rows between input rows: m when every row has its own layer, or 0
  add_stride: u32, // elements between rows of add: m, or 0 when one row serves all
  weight_scale: f32,
  bias_scale: f32,
  slope: f32, // of the negative side; 1 is no activation
  gain: f32,
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const LANES = {{LANES}}u; // invocations that share an output, a power of two
override HAS_BIAS: bool;
override HAS_ADD: bool;
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> input: array<Vector>; // [rows, n]
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [m] or [rows, m]
@group(0) @binding(5) var<storage, read> add: array<f32>; // [1 or rows, m]
@group(0) @binding(6) var<storage, read_write> output: array<f32>; // [rows, m]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let o = group.x * (WORKGROUP_SIZE / LANES) + local / LANES;
  let lane = local % LANES;
  let row = group.y;
  let weight_row = o + row * params.group_stride;
  let inside = o < params.outputs;

  var sum = Vector();
  if (inside) {
    let first = (params.input_row + row) * params.columns;
    for (var k = lane; k < params.columns; k += LANES) {
      sum += weight_at(weight_row * params.columns + k) * input[first + k];
    }
  }
  let product = tree_sum(total(sum), local, LANES);
  if (lane != 0 || !inside) { return; }

  var value = params.weight_scale * product;
  if (HAS_SCALES) { value *= scales[weight_row]; }
  if (HAS_BIAS) { value += params.bias_scale * bias[weight_row]; }
  value = params.gain * select(params.slope * value, value, value >= 0);
  if (HAS_ADD) { value += add[row * params.add_stride + o]; }
  output[row * params.outputs + o] = value;
}
