// demodulation: factors[o] = 1 / √(Σ_i styles[i]² · energy[i, o] + 1e−8), the output channels of all layers in one dispatch.
// table [ΣO, 4] says for each output channel where its layer's styles begin, its I, its O, and where energy[0, o] is.
// Neighbouring invocations read neighbouring channels' energies, sixteen or more in a row. A few thousand channels do not fill a GPU:
// there SHARERS invocations each sum a part of a channel's inputs, and add up through workgroup memory; on a CPU a barrier costs more
// than it saves.

struct Params {
  channels: u32, // ΣO
}

override SHARERS: u32 = 1; // invocations a channel, a power of two
const WORKGROUP_SIZE = 256u;
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> styles: array<f32>; // of all layers
@group(0) @binding(2) var<storage, read> energy: array<f32>; // [I, O] of all layers
@group(0) @binding(3) var<storage, read> table: array<vec4f>; // [ΣO], whole numbers
@group(0) @binding(4) var<storage, read_write> factors: array<f32>; // [ΣO]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = WORKGROUP_SIZE / SHARERS; // channels that a workgroup owns
  let o = group.x * own + local % own;
  let row = vec4u(table[min(o, params.channels - 1)]);
  var sum = 0.0;
  for (var i = local / own; i < row.y; i += SHARERS) {
    let style = styles[row.x + i];
    sum += style * style * energy[row.w + i * row.z];
  }
  if (SHARERS > 1) { sum = shared_sum(sum, local, own); }
  if (local >= own || o >= params.channels) { return; }
  factors[o] = inverseSqrt(sum + 1e-8);
}
