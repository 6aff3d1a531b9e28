// squeezeExcite, backward through its gate g = σ(fc2 · h), h = relu(fc1 · p), from dg [C]:
// e = dg · g · (1 − g), dfc2 = e hᵀ, dh = fc2ᵀ e where h > 0, dfc1 = dh pᵀ, dp = fc1ᵀ dh.
// One workgroup does it all: the weights are a few thousand numbers.

struct Params {
  channels: u32, // C
  hidden: u32, // R
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pooled: array<f32>; // p [C]
@group(0) @binding(2) var<storage, read> fc1: array<f32>; // [R, C]
@group(0) @binding(3) var<storage, read> fc2: array<f32>; // [C, R]
@group(0) @binding(4) var<storage, read> gate: array<f32>; // g [C]
@group(0) @binding(5) var<storage, read> dgate: array<f32>; // dg [C]
@group(0) @binding(6) var<storage, read_write> dpooled: array<f32>; // dp [C]
@group(0) @binding(7) var<storage, read_write> dfc1: array<f32>; // [R, C]
@group(0) @binding(8) var<storage, read_write> dfc2: array<f32>; // [C, R]

var<workgroup> hidden: array<f32, {{HIDDEN}}>; // R
var<workgroup> dhidden: array<f32, {{HIDDEN}}>;

fn before_sigmoid(c: u32) -> f32 { return dgate[c] * gate[c] * (1 - gate[c]); }

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) local: u32) {
  for (var unit = local; unit < params.hidden; unit += 64) {
    var sum = 0.0;
    var back = 0.0;
    for (var c = 0u; c < params.channels; c++) {
      sum += fc1[unit * params.channels + c] * pooled[c];
      back += fc2[c * params.hidden + unit] * before_sigmoid(c);
    }
    hidden[unit] = max(sum, 0);
    dhidden[unit] = select(0, back, sum > 0);
  }
  workgroupBarrier();
  for (var c = local; c < params.channels; c += 64) {
    let outer = before_sigmoid(c);
    var sum = 0.0;
    for (var unit = 0u; unit < params.hidden; unit++) {
      sum += fc1[unit * params.channels + c] * dhidden[unit];
      dfc1[unit * params.channels + c] = dhidden[unit] * pooled[c];
      dfc2[c * params.hidden + unit] = outer * hidden[unit];
    }
    dpooled[c] = sum;
  }
}
