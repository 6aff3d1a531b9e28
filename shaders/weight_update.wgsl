// weightUpdate: θ̂[i, a, b, o] = θ[i, a, b, o] · (1 + Δ[o, i, a, b]) · scale and energy[i, o] = Σ_ab θ̂²
// θ and θ̂ [I, k, k, O]; Δ [O, I, f, f] in checkpoint order, f = k or 1 (one offset for all taps); energy [I, O].
// One invocation owns one (i, o) with all its taps; neighbours differ in o, so θ and θ̂ are read and written in rows.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  out_channels: u32,
  taps: u32, // k²
  delta_taps: u32, // f², 0 without Δ
  delta: u32, // element offset of Δ
  energy: u32, // element offset of energy
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> theta: array<f32>;
@group(0) @binding(2) var<storage, read> delta: array<f32>;
@group(0) @binding(3) var<storage, read_write> updated: array<{{ELEMENT}}>;
@group(0) @binding(4) var<storage, read_write> energy: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.in_channels * params.out_channels) { return; }
  let i = index / params.out_channels;
  let o = index % params.out_channels;
  let row = params.delta + (o * params.in_channels + i) * params.delta_taps;
  var sum = 0.0;
  for (var tap = 0u; tap < params.taps; tap++) {
    let at = (i * params.taps + tap) * params.out_channels + o;
    var factor = params.scale;
    if (params.delta_taps > 0) { factor *= 1 + delta[row + tap % params.delta_taps]; }
    let value = theta[at] * factor;
    updated[at] = {{ELEMENT}}(value);
    sum += value * value;
  }
  energy[params.energy + index] = sum;
}
