// weightUpdate, backward. With h = dθ̂ + 2 · θ̂ · dE, θ̂ = θ · (1 + Δ) · scale:
// dθ = h · scale · (1 + Δ), dΔ = h · scale · θ, summed over the taps where one offset serves them all.
// One invocation a pair of channels.

struct Params {
  in_channels: u32,
  out_channels: u32,
  taps: u32,
  delta_taps: u32, // 0: no Δ
  delta: u32, // first element of Δ
  delta_gradient: u32, // of dΔ
  energy: u32, // of dE
  has_tuned: u32, // 1: there is a dθ̂
  has_energy: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> theta: array<f32>; // [I, k, k, O]
@group(0) @binding(2) var<storage, read> deltas: array<f32>; // Δ [O, I, f, f]
@group(0) @binding(3) var<storage, read> dtuned: array<f32>; // dθ̂ [I, k, k, O]
@group(0) @binding(4) var<storage, read> denergies: array<f32>; // dE [I, O]
@group(0) @binding(5) var<storage, read_write> dtheta: array<f32>; // dθ [I, k, k, O]
@group(0) @binding(6) var<storage, read_write> ddelta: array<f32>; // dΔ [O, I, f, f]

// What becomes of each gradient: 0: nobody asks for it, 1: it is written, 2: it is added to what is there.
override THETA: u32;
override DELTA: u32;

fn put_theta(at: u32, value: f32) {
  if (THETA == 1) { dtheta[at] = value; }
  if (THETA == 2) { dtheta[at] += value; }
}

fn put_delta(at: u32, value: f32) {
  if (DELTA == 1) { ddelta[params.delta_gradient + at] = value; }
  if (DELTA == 2) { ddelta[params.delta_gradient + at] += value; }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.in_channels * params.out_channels) { return; }
  let i = index / params.out_channels;
  let o = index % params.out_channels;
  let delta_at = (o * params.in_channels + i) * params.delta_taps;
  var energy = 0.0;
  if (params.has_energy == 1) { energy = denergies[params.energy + index]; }
  var sum = 0.0;
  for (var tap = 0u; tap < params.taps; tap++) {
    let at = (i * params.taps + tap) * params.out_channels + o;
    let weight = theta[at]; // a copy, since a compiler does not know that writing dθ leaves θ as it is
    var factor = params.scale;
    if (params.delta_taps > 0) { factor *= 1 + deltas[params.delta + delta_at + tap % params.delta_taps]; }
    var h = 2 * weight * factor * energy;
    if (params.has_tuned == 1) { h += dtuned[at]; }
    put_theta(at, h * factor);
    let by_delta = h * params.scale * weight;
    sum += by_delta;
    if (params.delta_taps > 1) { put_delta(delta_at + tap, by_delta); }
  }
  if (params.delta_taps == 1) { put_delta(delta_at, sum); }
}
