// Filter transform of the up-convolution (see upconv_direct.wgsl): its four output phases are four 3×3 convolutions of the
// input, whose filters are composed here from w and the FIR and then transformed for F(4×4, 3×3):
// u[6r + s, i, 4o + 2φ + ψ] = ((G C_φ) w[i, :, :, o] (G C_ψ)ᵀ)[r, s] for output rows 2p + φ and columns 2q + ψ.
// w [I, 3, 3, O], of which the output channels [first_channel, first_channel + channels) are made; u [36, I, O′] in vec4
// over the phases, O′ ≥ 4·channels whole blocks, the rest zero.
// One invocation makes the four filters of one channel pair; neighbours differ in o. Runs once per weight update.

struct Params {
  in_channels: u32,
  out_channels: u32,
  padded_quads: u32, // O′ / 4
  first_channel: u32,
  channels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> u: array<vec4f>;

// Weights of x[p − 1], x[p], x[p + 1] for one phase of one axis, three columns at once; FIR [1, 3, 3, 1] / 4.
fn compose(phase: u32, a: vec3f, b: vec3f, c: vec3f) -> array<vec3f, 3> {
  if (phase == 0) {
    return array(0.25 * b + 0.75 * c, 0.75 * (a + b) + 0.25 * c, 0.25 * a);
  }
  return array(0.25 * c, 0.25 * a + 0.75 * (b + c), 0.75 * a + 0.25 * b);
}

// G applied down three columns.
fn expand(g: array<vec3f, 3>) -> array<vec3f, 6> {
  let even = g[0] / 24 + g[2] / 6;
  let odd = g[1] / 12;
  return array(g[0] / 4, -(g[0] + g[1] + g[2]) / 6, (g[1] - g[0] - g[2]) / 6, even + odd, even - odd, g[2]);
}

// One row of both vertical phases: composes along x, applies Gᵀ and writes six frequencies of four phases.
fn write_row(first: u32, stride: u32, upper: vec3f, lower: vec3f) {
  let left = vec4f(
    0.25 * upper.y + 0.75 * upper.z, 0.25 * upper.z,
    0.25 * lower.y + 0.75 * lower.z, 0.25 * lower.z);
  let middle = vec4f(
    0.75 * (upper.x + upper.y) + 0.25 * upper.z, 0.25 * upper.x + 0.75 * (upper.y + upper.z),
    0.75 * (lower.x + lower.y) + 0.25 * lower.z, 0.25 * lower.x + 0.75 * (lower.y + lower.z));
  let right = vec4f(
    0.25 * upper.x, 0.75 * upper.x + 0.25 * upper.y,
    0.25 * lower.x, 0.75 * lower.x + 0.25 * lower.y);
  let even = left / 24 + right / 6;
  let odd = middle / 12;
  u[first] = left / 4;
  u[first + stride] = -(left + middle + right) / 6;
  u[first + 2 * stride] = (middle - left - right) / 6;
  u[first + 3 * stride] = even + odd;
  u[first + 4 * stride] = even - odd;
  u[first + 5 * stride] = right;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.in_channels * params.padded_quads;
  if (index >= stride) { return; }
  let i = index / params.padded_quads;
  let o = index % params.padded_quads;
  let n = params.out_channels;
  var a: vec3f;
  var b: vec3f;
  var c: vec3f;
  if (o < params.channels) {
    let at = i * 9 * n + params.first_channel + o;
    a = vec3f(w[at], w[at + n], w[at + 2 * n]);
    b = vec3f(w[at + 3 * n], w[at + 4 * n], w[at + 5 * n]);
    c = vec3f(w[at + 6 * n], w[at + 7 * n], w[at + 8 * n]);
  }
  let upper = expand(compose(0, a, b, c));
  let lower = expand(compose(1, a, b, c));
  for (var r = 0u; r < 6; r++) {
    write_row(index + 6 * r * stride, stride, upper[r], lower[r]);
  }
}
