// demodulation of one layer, backward, v[o] = d[o]³ · dd[o]:
// dE[i, o] = −½ · v[o] · s[i]², ds[i] = −s[i] · Σ_o v[o] · E[i, o]. One workgroup an input channel.

struct Params {
  rows: u32, // input channels
  out_channels: u32,
  style: u32, // first element of s and ds
  energy: u32, // of E and dE
  channel: u32, // of d and dd
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> styles: array<f32>; // s
@group(0) @binding(2) var<storage, read> energies: array<f32>; // E
@group(0) @binding(3) var<storage, read> factors: array<f32>; // d
@group(0) @binding(4) var<storage, read> dfactors: array<f32>; // dd
@group(0) @binding(5) var<storage, read_write> dstyles: array<f32>; // ds
@group(0) @binding(6) var<storage, read_write> denergies: array<f32>; // dE

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  let style = styles[params.style + row];
  let first = params.energy + row * params.out_channels;
  var sum = 0.0;
  for (var o = local; o < params.out_channels; o += WORKGROUP_SIZE) {
    let d = factors[params.channel + o];
    let v = d * d * d * dfactors[params.channel + o];
    sum += v * energies[first + o];
    denergies[first + o] = -0.5 * v * style * style;
  }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local == 0) { dstyles[params.style + row] = -styles[params.style + row] * sum; }
}
