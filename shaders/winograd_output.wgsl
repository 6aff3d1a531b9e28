// Winograd F(4×4, 3×3), output transform and epilogue: the 4×4 tile Aᵀ m A of products m, then
// y = act(tile · out_scale[o] + bias[o] + noise + residual) · gain
// products [36, O′, T′/4], y [O, H, W/4], noise [H, W/4] and residual [O, H, W/4] in vec4; tiles row-major, their number in a row
// rounded up to a multiple of 4, the dispatch covers tiles [first_tile, first_tile + T).
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
  out_scale: u32, // see vec4_epilogue
  bias: u32,
  slopes: u32,
  slope: f32,
  gain: f32,
  unit: f32, // of the products: 1 / the scale of the filters
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> products: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

alias Four = array<vec4f, 4>; // numbers in a row or column of a tile, of four tiles
alias Tile = array<Four, 4>; // rows

// Aᵀ times six frequencies.
fn transform(values: Six) -> Four {
  let near = values[1] + values[2];
  let near_odd = A * (values[1] - values[2]);
  let far = values[3] + values[4];
  let far_odd = B * (values[3] - values[4]);
  return Four(
    values[0] + near + far,
    near_odd + far_odd,
    0.5 * near + 2 * far,
    0.5 * near_odd + 2 * far_odd + values[5]);
}

// Row of the products that begins at `first`, times A: four numbers of a row of a tile.
fn tile_row_at(first: u32, stride: u32) -> Four {
  return transform(Six(
    products[first],
    products[first + stride],
    products[first + 2 * stride],
    products[first + 3 * stride],
    products[first + 4 * stride],
    products[first + 5 * stride]));
}

// Column r of Aᵀ: 1, p, p² and p³ of point r, the last of which is ∞.
fn powers(r: u32) -> vec4f {
  let large = r > 2;
  let point = select(1.0, -1.0, r % 2 == 0) * select(A, B, large);
  let square = select(0.5, 2.0, large);
  let powers = select(vec4f(1, 0, 0, 0), vec4f(1, point, square, point * square), r > 0);
  return select(powers, vec4f(0, 0, 0, 1), r == 5);
}

// sum + value·factor, component by component: see batched_product_quads.
fn plus(sum: vec4f, value: vec4f, factor: f32) -> vec4f {
  return vec4f(
    sum.x + value.x * factor, sum.y + value.y * factor, sum.z + value.z * factor, sum.w + value.w * factor);
}
fn plus_row(sums: Four, values: Four, factor: f32) -> Four {
  return Four(
    plus(sums[0], values[0], factor),
    plus(sums[1], values[1], factor),
    plus(sums[2], values[2], factor),
    plus(sums[3], values[3], factor));
}

// Writes row `row` of the tiles as far as they are inside the picture.
fn finish_row(values: Four, channel: Channel, row: u32, column: u32) {
  let at = row * params.width_quads + column;
  let tiles = select(0u, params.width_quads - column, row < params.height);
  #for T in 4
  if (tiles > {{T}}) {
    finish(vec4f(values[0][{{T}}], values[1][{{T}}], values[2][{{T}}], values[3][{{T}}]), channel, at + {{T}});
  }
  #end
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let quads = params.tiles / 4;
  if (index >= params.out_channels * quads) { return; }
  let o = index / quads;
  let quad = index - o * quads;
  let tile_index = params.first_tile + 4 * quad;
  let tile_row = tile_index / params.tile_columns;
  let column = tile_index - tile_row * params.tile_columns;
  var channel = channel_of(o, o * params.height * params.width_quads);
  channel.scale *= params.unit;

  let padded = params.padded_tiles / 4;
  let stride = params.padded_out * padded;
  let first = o * padded + quad;
  // Aᵀ down is a loop: unrolled this pass, a tenth of a layer, is some 10 % faster on SwiftShader but takes it
  // twice as long to compile.
  var tile: Tile;
  for (var r = 0u; r < 6; r++) {
    let row = tile_row_at(first + 6 * r * stride, stride);
    let factors = powers(r);
    #for R in 4
    tile[{{R}}] = plus_row(tile[{{R}}], row, factors[{{R}}]);
    #end
  }
  #for R in 4
  finish_row(tile[{{R}}], channel, 4 * tile_row + {{R}}, column);
  #end
}
