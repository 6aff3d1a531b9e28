// Winograd, the products, for few tiles: m[f, o, t] = Σ_i u[f, i, o] · v[f, i, t], one matrix product per frequency f.
// u [F, I, O′/4] and v [F, I, T′/4] in vec4; m [F, O′, T′/4]. O′ is a multiple of 16, T′ of 4.
// One invocation owns 4 tiles × 16 channels in registers: pictures of 4 to 16 pixels a side have 1 to 16 tiles, and
// computing rounded-up ones costs more than the narrower block's additional loads.

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

// Column c is channel c, its rows are four tiles.
fn outer(v4: vec4f, u4: vec4f) -> mat4x4f {
  return mat4x4f(v4 * u4.x, v4 * u4.y, v4 * u4.z, v4 * u4.w);
}

fn write_sums(at: u32, sums: mat4x4f) {
  m[at] = sums[0];
  m[at + params.tile_quads] = sums[1];
  m[at + 2 * params.tile_quads] = sums[2];
  m[at + 3 * params.tile_quads] = sums[3];
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let channel_blocks = params.out_quads / 4;
  if (index >= params.frequencies * channel_blocks * params.tile_quads) { return; }
  let t = index % params.tile_quads;
  let o = index / params.tile_quads % channel_blocks * 4;
  let f = index / (params.tile_quads * channel_blocks);

  var at_u = f * params.in_channels * params.out_quads + o;
  var at_v = f * params.in_channels * params.tile_quads + t;
  var a = mat4x4f();
  var b = mat4x4f();
  var c = mat4x4f();
  var d = mat4x4f();
  for (var i = 0u; i < params.in_channels; i++) {
    let v4 = v[at_v];
    a += outer(v4, u[at_u]);
    b += outer(v4, u[at_u + 1]);
    c += outer(v4, u[at_u + 2]);
    d += outer(v4, u[at_u + 3]);
    at_u += params.out_quads;
    at_v += params.tile_quads;
  }
  let first = (f * params.out_quads + o) * 4 * params.tile_quads + t;
  write_sums(first, a);
  write_sums(first + 4 * params.tile_quads, b);
  write_sums(first + 8 * params.tile_quads, c);
  write_sums(first + 12 * params.tile_quads, d);
}
