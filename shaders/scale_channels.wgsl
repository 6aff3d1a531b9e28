// scaleChannels: y[c, p] = x[c, p] · s[c] + t[c]: BatchNorm in two vectors, a noise map's strength, a style on its way back.
// One invocation an element.

struct Params {
  count: u32,
  pixels: u32, // P
  scale: u32, // first element of s
  shift: u32, // first element of t
  has_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> scales: array<f32>; // s
@group(0) @binding(3) var<storage, read> shifts: array<f32>; // t
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let channel = index / params.pixels;
  var value = x[index] * scales[params.scale + channel];
  if (params.has_shift == 1) { value += shifts[params.shift + channel]; }
  y[index] = value;
}
