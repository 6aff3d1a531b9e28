// weightUpdate: θ̂[i, a, b, o] = θ[i, a, b, o] · (1 + Δ[o, i, a, b]) · scale and energy[i, o] = Σ_ab θ̂²
// θ and θ̂ [I, k, k, O]; Δ [O, I, f, f] in checkpoint order, f = k or 1 (one offset for all taps); energy [I, O].
// One invocation owns one i and a vector of o with all its taps; neighbours differ in o, so θ and θ̂ are read and written in rows.

{{ENABLE_F16}}
alias Vector = {{VECTOR}}; // of four output channels where they are a multiple of four

struct Params {
  in_channels: u32,
  out_channels: u32, // in vectors
  taps: u32, // k²
  delta_taps: u32, // f², 0 without Δ
  delta: u32, // element offset of Δ
  energy: u32, // offset of energy in vectors
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> theta: array<Vector>;
@group(0) @binding(2) var<storage, read> delta: array<f32>;
@group(0) @binding(3) var<storage, read_write> updated: array<{{STORED}}>;
@group(0) @binding(4) var<storage, read_write> energy: array<Vector>;

// Offsets of one tap; those of the next output channel are `pitch` elements further.
fn offsets4(at: u32, pitch: u32) -> vec4f {
  return vec4f(delta[at], delta[at + pitch], delta[at + 2 * pitch], delta[at + 3 * pitch]);
}
fn offsets1(at: u32, pitch: u32) -> f32 { return delta[at]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.in_channels * params.out_channels) { return; }
  let i = index / params.out_channels;
  let o = index % params.out_channels;
  let pitch = params.in_channels * params.delta_taps;
  var source = params.delta + o * {{WIDTH}} * pitch + i * params.delta_taps;
  var at = i * params.taps * params.out_channels + o;
  var sum = Vector();
  for (var tap = 0u; tap < params.taps; tap++) {
    var value = theta[at] * params.scale;
    if (params.delta_taps > 0) { value *= 1 + offsets{{WIDTH}}(source, pitch); }
    updated[at] = {{STORED}}(value);
    sum += value * value;
    at += params.out_channels;
    if (params.delta_taps > 1) { source++; }
  }
  energy[params.energy + index] = sum;
}
