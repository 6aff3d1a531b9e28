// demodulation: d[o] = 1 / √(Σ_i s[i]² · energy[i, o] + 1e−8), the output channels of all layers in one dispatch.
// table [ΣO, 4] says for each output channel where its layer's s begins, its I, its O, and where energy[0, o] is.
// One invocation a channel; neighbours read neighbouring energies. No tree of partial sums: there are thousands of channels,
// and a barrier costs more than it saves where the "GPU" is a CPU.

struct Params {
  channels: u32, // ΣO
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> s: array<f32>; // styles of all layers
@group(0) @binding(2) var<storage, read> energy: array<f32>; // [I, O] of all layers
@group(0) @binding(3) var<storage, read> table: array<vec4f>; // [ΣO], whole numbers
@group(0) @binding(4) var<storage, read_write> d: array<f32>; // [ΣO]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let o = id.x;
  if (o >= params.channels) { return; }
  let row = vec4u(table[o]);
  var sum = 0.0;
  for (var i = 0u; i < row.y; i++) {
    let style = s[row.x + i];
    sum += style * style * energy[row.w + i * row.z];
  }
  d[o] = inverseSqrt(sum + 1e-8);
}
