// The sums of to_rgb_backward, finished: dw[i, c] = s[i] · S[i, c] and ds[i] = Σ_c w[i, c] · S[i, c], S[i] = Σ_part S[part, i].
// One invocation a channel.

struct Params {
  channels: u32, // I
  parts: u32,
  scale: u32, // first element of s
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<mat3x4f>; // S [parts, I / 4], a column of four channels a colour
@group(0) @binding(2) var<storage, read> w: array<f32>; // [I, 3]
@group(0) @binding(3) var<storage, read> scales: array<f32>;
@group(0) @binding(4) var<storage, read_write> dw: array<f32>; // [I, 3]
@group(0) @binding(5) var<storage, read_write> dscale: array<f32>; // ds [I]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= params.channels) { return; }
  let quads = (params.channels + 3) / 4;
  var sum = vec3f();
  for (var part = 0u; part < params.parts; part++) {
    let at = part * quads + i / 4;
    sum += vec3f(sums[at][0][i % 4], sums[at][1][i % 4], sums[at][2][i % 4]);
  }
  let weight_gradient = scales[params.scale + i] * sum;
  dw[3 * i] = weight_gradient.x;
  dw[3 * i + 1] = weight_gradient.y;
  dw[3 * i + 2] = weight_gradient.z;
  dscale[i] = dot(vec3f(w[3 * i], w[3 * i + 1], w[3 * i + 2]), sum);
}
