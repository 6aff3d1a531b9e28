// Winograd, the products: m[f, o, t] = Σ_i u[f, i, o] · v[f, i, t], one matrix product per frequency f.
// u [F, I, O′/4] and v [F, I, T′/4] in vec4; m [F, O′, T′/4]. O′ and T′ are multiples of 16.
// One invocation owns 16 tiles × 16 channels in registers: 8 vec4 loads feed 256 multiply-adds. No workgroup memory and
// no barrier, which cost more than they save where the "GPU" is a CPU.

struct Params {
  in_channels: u32,
  out_quads: u32, // O′ / 4
  tile_quads: u32, // T′ / 4
  frequencies: u32, // F
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> u: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> m: array<vec4f>;

// Four channels × sixteen tiles; column c of each matrix is channel c.
struct Sums {
  a: mat4x4f,
  b: mat4x4f,
  c: mat4x4f,
  d: mat4x4f,
}

// Adds v ⊗ u to the sums of four channels.
fn accumulate(sums: ptr<function, Sums>, va: vec4f, vb: vec4f, vc: vec4f, vd: vec4f, u4: vec4f) {
  (*sums).a += mat4x4f(va * u4.x, va * u4.y, va * u4.z, va * u4.w);
  (*sums).b += mat4x4f(vb * u4.x, vb * u4.y, vb * u4.z, vb * u4.w);
  (*sums).c += mat4x4f(vc * u4.x, vc * u4.y, vc * u4.z, vc * u4.w);
  (*sums).d += mat4x4f(vd * u4.x, vd * u4.y, vd * u4.z, vd * u4.w);
}

// Row of one channel: sixteen tiles.
fn write_channel(at: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {
  m[at] = a;
  m[at + 1] = b;
  m[at + 2] = c;
  m[at + 3] = d;
}

fn write_sums(at: u32, s: Sums) {
  let row = params.tile_quads;
  write_channel(at, s.a[0], s.b[0], s.c[0], s.d[0]);
  write_channel(at + row, s.a[1], s.b[1], s.c[1], s.d[1]);
  write_channel(at + 2 * row, s.a[2], s.b[2], s.c[2], s.d[2]);
  write_channel(at + 3 * row, s.a[3], s.b[3], s.c[3], s.d[3]);
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let tile_blocks = params.tile_quads / 4;
  let channel_blocks = params.out_quads / 4;
  if (index >= params.frequencies * channel_blocks * tile_blocks) { return; }
  let t = index % tile_blocks * 4;
  let o = index / tile_blocks % channel_blocks * 4;
  let f = index / (tile_blocks * channel_blocks);

  var at_u = f * params.in_channels * params.out_quads + o;
  var at_v = f * params.in_channels * params.tile_quads + t;
  var s0: Sums;
  var s1: Sums;
  var s2: Sums;
  var s3: Sums;
  for (var i = 0u; i < params.in_channels; i++) {
    let va = v[at_v];
    let vb = v[at_v + 1];
    let vc = v[at_v + 2];
    let vd = v[at_v + 3];
    accumulate(&s0, va, vb, vc, vd, u[at_u]);
    accumulate(&s1, va, vb, vc, vd, u[at_u + 1]);
    accumulate(&s2, va, vb, vc, vd, u[at_u + 2]);
    accumulate(&s3, va, vb, vc, vd, u[at_u + 3]);
    at_u += params.out_quads;
    at_v += params.tile_quads;
  }
  let first = (f * params.out_quads + o) * 4 * params.tile_quads + t;
  write_sums(first, s0);
  write_sums(first + 4 * params.tile_quads, s1);
  write_sums(first + 8 * params.tile_quads, s2);
  write_sums(first + 12 * params.tile_quads, s3);
}
