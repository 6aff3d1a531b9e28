// demodulation of one layer, backward, v[o] = d[o]³ · dd[o]:
// dE[i, o] = −½ · v[o] · s[i]², ds[i] = −s[i] · Σ_o v[o] · E[i, o].
// SHARERS neighbouring invocations own an input channel and read neighbouring energies: all of a workgroup on a GPU, one on a CPU,
// where a barrier costs more than it saves.

struct Params {
  rows: u32, // input channels
  out_channels: u32,
  style: u32, // first element of s and ds
  energy: u32, // of E and dE
  channel: u32, // of d and dd
}

override SHARERS: u32; // a power of two up to the workgroup's size
alias Partial = f32; // of parts/tree_sum
const WORKGROUP_SIZE = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> styles: array<f32>; // s
@group(0) @binding(2) var<storage, read> energies: array<f32>; // E
@group(0) @binding(3) var<storage, read> factors: array<f32>; // d
@group(0) @binding(4) var<storage, read> dfactors: array<f32>; // dd
@group(0) @binding(5) var<storage, read_write> dstyles: array<f32>; // ds
@group(0) @binding(6) var<storage, read_write> denergies: array<f32>; // dE

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = group.x * (WORKGROUP_SIZE / SHARERS) + local / SHARERS;
  let inside = row < params.rows;
  let style = styles[params.style + min(row, params.rows - 1)];
  let first = params.energy + row * params.out_channels;
  let end = select(0, params.out_channels, inside);
  var sum = 0.0;
  for (var o = local % SHARERS; o < end; o += SHARERS) {
    let d = factors[params.channel + o];
    let v = d * d * d * dfactors[params.channel + o];
    sum += v * energies[first + o];
    denergies[first + o] = -0.5 * v * style * style;
  }
  if (SHARERS > 1) { sum = tree_sum(sum, local, SHARERS); }
  if (inside && local % SHARERS == 0) { dstyles[params.style + row] = -style * sum; }
}
