// Winograd F(4×4, 3×3), output transform and epilogue: the 4×4 tile Aᵀ m A, then
// y = act(tile · out_scale[o] + bias[o] + noise + residual) · gain
// m [36, O′, T′/4], y [O, H, W/4], noise [H, W/4] and residual [O, H, W/4] in vec4; tiles row-major, their number in a row rounded
// up to a multiple of 4, the dispatch covers tiles [first_tile, first_tile + T).
// One invocation finishes four neighbouring tiles of one channel, the four lanes of its vectors, and writes each tile's rows
// as vec4: a quarter of the loads and stores, which on a CPU cost more than all arithmetic here.

struct Params {
  out_channels: u32,
  padded_out: u32, // O′
  height: u32,
  width_quads: u32, // W / 4
  tile_columns: u32, // tiles in a row of tiles, a multiple of 4
  first_tile: u32,
  tiles: u32, // T
  padded_tiles: u32, // T′
  out_scale: u32, // element offsets of the vectors
  bias: u32,
  slopes: u32, // of a PReLU
  slope: f32, // activation below zero where there are none: 1 none, 0 ReLU
  gain: f32,
  unit: f32, // of m: 1 / the scale of the filters
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> m: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> noise: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec4f>;
@group(0) @binding(5) var<storage, read> scales: array<f32>;
@group(0) @binding(6) var<storage, read> biases: array<f32>;
@group(0) @binding(7) var<storage, read> slopes: array<f32>;

override NOISE: bool = false;
override RESIDUAL: bool = false;

const ABSENT = 0xffffffffu; // offset of a vector that is not there; an override each would multiply the pipelines

// Element `o` of an optional vector, or what stands for it. It always loads: lavapipe would specialise a branch at each dispatch.
fn scale_of(o: u32) -> f32 {
  let present = params.out_scale != ABSENT;
  return select(1.0, scales[select(0, params.out_scale + o, present)], present);
}
fn bias_of(o: u32) -> f32 {
  let present = params.bias != ABSENT;
  return select(0.0, biases[select(0, params.bias + o, present)], present);
}
fn slope_of(o: u32) -> f32 {
  let present = params.slopes != ABSENT;
  return select(params.slope, slopes[select(0, params.slopes + o, present)], present);
}

// What a channel's pixels share.
struct Channel {
  first: u32, // of y
  scale: f32,
  bias: f32,
  slope: f32,
}

const A = 0.70710678; // the points are 0, ±A, ±B and ∞: among the simple ones these round least, see winograd.ts
const B = 1.41421356;

// Four numbers in a row or column of a tile, of four tiles.
struct Four {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
}

// Aᵀ times six frequencies.
fn transform(a: vec4f, b: vec4f, c: vec4f, d: vec4f, e: vec4f, f: vec4f) -> Four {
  let near = b + c;
  let near_odd = A * (b - c);
  let far = d + e;
  let far_odd = B * (d - e);
  return Four(a + near + far, near_odd + far_odd, 0.5 * near + 2 * far, 0.5 * near_odd + 2 * far_odd + f);
}

// Row of m that begins at `first`, times A: four numbers of a row of a tile.
fn frequencies(first: u32, stride: u32) -> Four {
  return transform(
    m[first], m[first + stride], m[first + 2 * stride],
    m[first + 3 * stride], m[first + 4 * stride], m[first + 5 * stride]);
}

// Column r of Aᵀ: 1, p, p² and p³ of point r, the last of which is ∞.
fn powers(r: u32) -> vec4f {
  let large = r > 2;
  let p = select(1.0, -1.0, r % 2 == 0) * select(A, B, large);
  let powers = select(vec4f(1, 0, 0, 0), vec4f(1, p, select(0.5, 2.0, large), p * select(0.5, 2.0, large)), r > 0);
  return select(powers, vec4f(0, 0, 0, 1), r == 5);
}

struct Tile { a: Four, b: Four, c: Four, d: Four } // four rows

// s + v·c, component by component: see batched_product_quads.
fn plus(s: vec4f, v: vec4f, c: f32) -> vec4f { return vec4f(s.x + v.x * c, s.y + v.y * c, s.z + v.z * c, s.w + v.w * c); }
fn plus_row(s: Four, v: Four, c: f32) -> Four {
  return Four(plus(s.a, v.a, c), plus(s.b, v.b, c), plus(s.c, v.c, c), plus(s.d, v.d, c));
}

// Writes four pixels, vector `at` of the channel.
fn finish(sums: vec4f, c: Channel, at: u32) {
  var v = sums * c.scale + c.bias;
  if (NOISE) { v += noise[at]; }
  if (RESIDUAL) { v += residual[c.first + at]; }
  y[c.first + at] = select(v * c.slope, v, v >= vec4f()) * params.gain;
}

// Writes row `row` of the tiles as far as they are inside the picture.
fn finish_row(z: Four, c: Channel, row: u32, column: u32) {
  let at = row * params.width_quads + column;
  let tiles = select(0u, params.width_quads - column, row < params.height);
  if (tiles > 0) { finish(vec4f(z.a.x, z.b.x, z.c.x, z.d.x), c, at); }
  if (tiles > 1) { finish(vec4f(z.a.y, z.b.y, z.c.y, z.d.y), c, at + 1); }
  if (tiles > 2) { finish(vec4f(z.a.z, z.b.z, z.c.z, z.d.z), c, at + 2); }
  if (tiles > 3) { finish(vec4f(z.a.w, z.b.w, z.c.w, z.d.w), c, at + 3); }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let quads = params.tiles / 4;
  if (index >= params.out_channels * quads) { return; }
  let o = index / quads;
  let q = index - o * quads;
  let t = params.first_tile + 4 * q;
  let tile_row = t / params.tile_columns;
  let column = t - tile_row * params.tile_columns;
  let c = Channel(o * params.height * params.width_quads, params.unit * scale_of(o), bias_of(o), slope_of(o));

  let padded = params.padded_tiles / 4;
  let stride = params.padded_out * padded;
  let first = o * padded + q;
  // Aᵀ down is a loop: unrolled this pass, a tenth of a layer, is some 10 % faster on SwiftShader but takes it twice as long to compile.
  var tile: Tile;
  for (var r = 0u; r < 6; r++) {
    let row = frequencies(first + 6 * r * stride, stride);
    let f = powers(r);
    tile = Tile(plus_row(tile.a, row, f.x), plus_row(tile.b, row, f.y), plus_row(tile.c, row, f.z), plus_row(tile.d, row, f.w));
  }
  let top = tile_row * 4;
  finish_row(tile.a, c, top, column);
  finish_row(tile.b, c, top + 1, column);
  finish_row(tile.c, c, top + 2, column);
  finish_row(tile.d, c, top + 3, column);
}
