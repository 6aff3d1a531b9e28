// Δ[o, i, tap] += v[tap, o]·u[tap, i] + c_in[i]·Σ_b L_out[o, b] + c_out[o]
//
// End of the separable head. Its kernel is the outer product k_out[tap] ⊗ k_in[tap], sent through a linear map over the input
// channels (L_in, c_in) and one over the output channels (L_out, c_out). Both maps act on one factor each, so the product
// stays an outer product of u[tap] = L_in·k_in[tap] and v[tap] = L_out·k_out[tap]; only c_in meets all of L_out.
// u [taps, I], v [taps, O], L_out [O, O], Δ [O, I, k, k]. One workgroup an output channel.

struct Params {
  in_channels: u32, // I
  out_channels: u32, // O
  taps: u32, // k²
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u; // a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> u: array<f32>; // [taps, I]
@group(0) @binding(2) var<storage, read> v: array<f32>; // [taps, O]
@group(0) @binding(3) var<storage, read> in_bias: array<f32>; // c_in [I]
@group(0) @binding(4) var<storage, read> out_weight: array<f32>; // L_out [O, O]
@group(0) @binding(5) var<storage, read> out_bias: array<f32>; // c_out [O]
@group(0) @binding(6) var<storage, read_write> delta: array<f32>; // [O, I, k, k]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let o = group.x;
  var sum = 0.0;
  for (var b = local; b < params.out_channels; b += WORKGROUP_SIZE) {
    sum += out_weight[o * params.out_channels + b];
  }
  sum = tree_sum_for_all(sum, local);
  let count = params.in_channels * params.taps;
  for (var at = local; at < count; at += WORKGROUP_SIZE) {
    let i = at / params.taps;
    let tap = at % params.taps;
    let product = v[tap * params.out_channels + o] * u[tap * params.in_channels + i];
    delta[o * count + at] += product + in_bias[i] * sum + out_bias[o];
  }
}
