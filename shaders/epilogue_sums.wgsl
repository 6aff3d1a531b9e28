// The sums of epilogue_backward, finished: dbias[o] = Σ_part S[part, o].x, dd[o] = Σ_part S[part, o].y / d[o] and ds[o] = Σ_part
// S[part, o].z. One invocation a channel.

struct Params {
  channels: u32, // O
  parts: u32,
  scale: u32, // first element of d, or ABSENT
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec3f>; // S [parts, O]
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> dbias: array<f32>; // [O]
@group(0) @binding(4) var<storage, read_write> dscale: array<f32>; // dd [O]
@group(0) @binding(5) var<storage, read_write> dinput: array<f32>; // ds [O]

const ABSENT = 0xffffffffu;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.channels) { return; }
  var sum = vec3f();
  for (var part = 0u; part < params.parts; part++) { sum += sums[part * params.channels + id.x]; }
  let has_scale = params.scale != ABSENT;
  dbias[id.x] = sum.x;
  dscale[id.x] = sum.y / select(1.0, scales[select(0, params.scale + id.x, has_scale)], has_scale);
  dinput[id.x] = sum.z;
}
