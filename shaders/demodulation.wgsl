// demodulation: d[o] = 1 / √(Σ_i s[i]² · energy[i, o] + 1e−8), the output channels of all layers in one dispatch.
// table [ΣO, 4] says for each output channel where its layer's s begins, its I, its O, and where energy[0, o] is.
// A workgroup owns 16 channels: 16 invocations a channel each sum every 16th i, then halve the partial sums in a tree.

struct Params {
  channels: u32, // ΣO
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> s: array<f32>; // styles of all layers
@group(0) @binding(2) var<storage, read> energy: array<f32>; // [I, O] of all layers
@group(0) @binding(3) var<storage, read> table: array<vec4f>; // [ΣO], whole numbers
@group(0) @binding(4) var<storage, read_write> d: array<f32>; // [ΣO]

var<workgroup> partial: array<array<f32, 16>, 16>; // [slice of i, channel]

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let o = group.x * 16 + local.x;
  var sum = 0.0;
  if (o < params.channels) {
    let row = vec4u(table[o]);
    for (var i = local.y; i < row.y; i += 16) {
      let style = s[row.x + i];
      sum += style * style * energy[row.w + i * row.z];
    }
  }
  partial[local.y][local.x] = sum;
  for (var half = 8u; half > 0; half /= 2) {
    workgroupBarrier();
    if (local.y < half) { partial[local.y][local.x] += partial[local.y + half][local.x]; }
  }
  if (local.y == 0 && o < params.channels) { d[o] = inverseSqrt(partial[0][local.x] + 1e-8); }
}
