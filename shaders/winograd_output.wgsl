// Winograd F(4×4, 3×3), output transform and epilogue: the 4×4 tile Aᵀ m A, then
// y = act(tile · out_scale[o] + bias[o] + noise + residual) · gain
// m [36, O′, T′]; y [O, H, W]; tiles row-major, the dispatch covers tiles [first_tile, first_tile + T).
// One invocation finishes one tile of one channel; neighbours differ in t, so m is read in rows.

struct Params {
  out_channels: u32,
  padded_out: u32, // O′
  height: u32,
  width: u32,
  tile_columns: u32, // tiles in a row of tiles
  first_tile: u32,
  tiles: u32, // T
  padded_tiles: u32, // T′
  out_scale: u32, // element offsets of the vectors
  bias: u32,
  slope: f32, // activation below zero: 1 none, 0 ReLU; a PReLU reads SLOPES instead
  gain: f32,
  unit: f32, // of m: 1 / the scale of the filters
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> m: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read> slot0: array<f32>; // optional operands, see `operand`
@group(0) @binding(4) var<storage, read> slot1: array<f32>;
@group(0) @binding(5) var<storage, read> slot2: array<f32>;
@group(0) @binding(6) var<storage, read> slot3: array<f32>;
@group(0) @binding(7) var<storage, read> slot4: array<f32>;

override HANGS_OVER: bool; // some tiles reach beyond the edge; a guard around each pixel costs a CPU a third of the time

// Slot of each optional operand; 5 = absent.
override OUT_SCALE: u32 = 5;
override BIAS: u32 = 5;
override NOISE: u32 = 5;
override RESIDUAL: u32 = 5;
override SLOPES: u32 = 5;

// Element `index` of the operand in `slot`; `slot` is an override, so the switch folds away.
fn operand(slot: u32, index: u32) -> f32 {
  switch slot {
    case 0: { return slot0[index]; }
    case 1: { return slot1[index]; }
    case 2: { return slot2[index]; }
    case 3: { return slot3[index]; }
    default: { return slot4[index]; }
  }
}

// What a tile's pixels share.
struct Channel {
  o: u32,
  scale: f32,
  bias: f32,
  slope: f32,
}

// Writes one pixel of a tile; nothing when the tile hangs over the edge there.
fn finish(sum: f32, c: Channel, row: u32, column: u32) {
  if (HANGS_OVER && (row >= params.height || column >= params.width)) { return; }
  let at = row * params.width + column;
  let index = c.o * params.height * params.width + at;
  var value = sum * c.scale + c.bias;
  if (NOISE < 5) { value += operand(NOISE, at); }
  if (RESIDUAL < 5) { value += operand(RESIDUAL, index); }
  y[index] = select(value * c.slope, value, value >= 0) * params.gain;
}

// Columns s .. s + 2 of row r of m.
fn load3(first: u32, stride: u32) -> vec3f {
  return vec3f(m[first], m[first + stride], m[first + 2 * stride]);
}

const A = 0.70710678; // the points are 0, ±A, ±B and ∞: among the simple ones these round least, see winograd.ts
const B = 1.41421356;

// Aᵀ down three columns of the tile's frequencies.
fn down(first: u32, stride: u32) -> array<vec3f, 4> {
  let a = load3(first, stride);
  let b = load3(first + 6 * stride, stride);
  let c = load3(first + 12 * stride, stride);
  let d = load3(first + 18 * stride, stride);
  let e = load3(first + 24 * stride, stride);
  let f = load3(first + 30 * stride, stride);
  let near = b + c;
  let near_odd = A * (b - c);
  let far = d + e;
  let far_odd = B * (d - e);
  return array(a + near + far, near_odd + far_odd, 0.5 * near + 2 * far, 0.5 * near_odd + 2 * far_odd + f);
}

// One row of the tile: times A, then the epilogue.
fn finish_row(lo: vec3f, hi: vec3f, c: Channel, row: u32, column: u32) {
  let near = lo.y + lo.z;
  let near_odd = A * (lo.y - lo.z);
  let far = hi.x + hi.y;
  let far_odd = B * (hi.x - hi.y);
  finish(lo.x + near + far, c, row, column);
  finish(near_odd + far_odd, c, row, column + 1);
  finish(0.5 * near + 2 * far, c, row, column + 2);
  finish(0.5 * near_odd + 2 * far_odd + hi.z, c, row, column + 3);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.out_channels * params.tiles) { return; }
  let o = index / params.tiles;
  let t = index % params.tiles;
  let tile = params.first_tile + t;
  let row = tile / params.tile_columns * 4;
  let column = tile % params.tile_columns * 4;
  var c = Channel(o, params.unit, 0.0, params.slope);
  if (OUT_SCALE < 5) { c.scale *= operand(OUT_SCALE, params.out_scale + o); }
  if (BIAS < 5) { c.bias = operand(BIAS, params.bias + o); }
  if (SLOPES < 5) { c.slope = operand(SLOPES, o); }

  let stride = params.padded_out * params.padded_tiles;
  let first = o * params.padded_tiles + t;
  let lo = down(first, stride);
  let hi = down(first + 3 * stride, stride);
  finish_row(lo[0], hi[0], c, row, column);
  finish_row(lo[1], hi[1], c, row + 1, column);
  finish_row(lo[2], hi[2], c, row + 2, column);
  finish_row(lo[3], hi[3], c, row + 3, column);
}
