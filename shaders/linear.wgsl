// y[r, o] = gain · leaky(weight_scale · Σ_k x[r, k]·W[o, k] + bias_scale · b[o]) + add[r, o]
//
// x [rows, n], W [m, n] (or [rows, m, n] when every row has its own layer), b [m] or [rows, m], add [1 or rows, m].
// One workgroup computes WORKGROUP_SIZE / LANES outputs of one row. The LANES invocations of an output read consecutive
// vectors of its weight row (a 128-byte line together), then add up through workgroup memory.
// The layer is bound by reading W; x stays in the cache.

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

override WORKGROUP_SIZE: u32;
override LANES: u32; // invocations that share an output, a power of two
override PER_WORD: u32; // weight elements a stored word holds beyond one vector
override HAS_SCALES: bool;
override HAS_BIAS: bool;
override HAS_ADD: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<{{VECTOR}}>; // [rows, n]
@group(0) @binding(2) var<storage, read> weight: array<{{WEIGHT}}>; // [m, n] or [rows, m, n]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // one a weight row (i8)
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [m] or [rows, m]
@group(0) @binding(5) var<storage, read> add: array<f32>; // [1 or rows, m]
@group(0) @binding(6) var<storage, read_write> output: array<f32>; // [rows, m]

var<workgroup> partial: array<f32, WORKGROUP_SIZE>;

// A stored word as f32 values; `lane` says which, where a word holds more than one.
fn f32x4(word: vec4<f32>, lane: u32) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>, lane: u32) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4<f32> { return 127 * unpack4x8snorm(word); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return 127 * unpack4x8snorm(word)[lane]; }

// Sum over the components of a vector of either width.
fn total4(v: vec4<f32>) -> f32 { return dot(v, vec4(1.0)); }
fn total1(v: f32) -> f32 { return v; }

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let o = group.x * (WORKGROUP_SIZE / LANES) + local / LANES;
  let lane = local % LANES;
  let row = group.y;
  let weight_row = o + row * params.group_stride;
  let inside = o < params.outputs;

  var sum = {{VECTOR}}();
  if (inside) {
    let x = (params.input_row + row) * params.columns;
    let w = weight_row * params.columns;
    for (var k = lane; k < params.columns; k += LANES) {
      sum += {{DTYPE}}x{{WIDTH}}(weight[(w + k) / PER_WORD], (w + k) % PER_WORD) * input[x + k];
    }
  }

  partial[local] = total{{WIDTH}}(sum);
  for (var stride = LANES / 2; stride > 0; stride /= 2) {
    workgroupBarrier();
    if (lane < stride) {
      partial[local] += partial[local + stride];
    }
  }
  if (lane != 0 || !inside) {
    return;
  }

  var y = params.weight_scale * partial[local];
  if (HAS_SCALES) {
    y *= scales[weight_row];
  }
  if (HAS_BIAS) {
    y += params.bias_scale * bias[weight_row];
  }
  y = params.gain * select(params.slope * y, y, y >= 0);
  if (HAS_ADD) {
    y += add[row * params.add_stride + o];
  }
  output[row * params.outputs + o] = y;
}
