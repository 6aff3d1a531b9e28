// Winograd F(4×4, 3×3), input transform: spectrum[6r + s, i, t] = (Bᵀ d B)[r, s] of the 6×6 patch d around output tile t, read as
// x · in_scale[i] + in_shift[i] inside the picture and zero outside (padding 1).
// x [I, H, W/4] and spectrum [36, I, T′/4] in vec4; tiles row-major, their number in a row rounded up to a multiple of 4. The
// dispatch covers T′ tiles from first_tile on; nothing reads what the product makes of tiles beyond the picture.
// One invocation transforms the patches of four neighbouring tiles, the four lanes of its vectors: 4 vec4 of x and the numbers
// beside them serve them all a row, where four patches alone would take 24 loads, and the spectrum is written in vec4.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  height: u32,
  width_quads: u32, // W / 4
  tile_columns: u32, // tiles in a row of tiles, a multiple of 4
  first_tile: u32,
  padded_tiles: u32, // T′
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
  scale: f32, // of all that is read, so that f16 holds it
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> spectrum: array<vec4<{{ELEMENT}}>>;

// Where four patches lie and how they are read.
struct Place {
  first: u32, // of x's channel
  width: u32, // in vec4
  height: i32,
  quad: u32, // the tiles' first column of x, in vec4
  scale: f32,
  shift: f32,
}

// Vector `column` of a row, zero outside. It always loads: a CPU pays more for a branch than for a load.
fn load(row: u32, column: u32, place: Place, inside: bool) -> vec4f {
  let values = x[row + min(column, place.width - 1)] * place.scale + place.shift;
  return select(vec4f(), values, inside && column < place.width);
}

// The number before vector `column`, and the one that begins it: a CPU pays for every component that is loaded.
fn load_before(row: u32, column: u32, place: Place, inside: bool) -> f32 {
  return select(0.0, x[row + max(column, 1) - 1].w * place.scale + place.shift, inside && column > 0);
}
fn load_first(row: u32, column: u32, place: Place, inside: bool) -> f32 {
  return select(0.0, x[row + min(column, place.width - 1)].x * place.scale + place.shift, inside && column < place.width);
}

// Row `y` of the patches, times B.
fn patch_row(y: i32, place: Place) -> Six {
  let inside = y >= 0 && y < place.height;
  let row = place.first + u32(clamp(y, 0, place.height - 1)) * place.width;
  let left = load_before(row, place.quad, place, inside);
  let tile0 = load(row, place.quad, place, inside);
  let tile1 = load(row, place.quad + 1, place, inside);
  let tile2 = load(row, place.quad + 2, place, inside);
  let tile3 = load(row, place.quad + 3, place, inside);
  let right = load_first(row, place.quad + 4, place, inside);
  return transform(Six(
    vec4f(left, tile0.w, tile1.w, tile2.w),
    vec4f(tile0.x, tile1.x, tile2.x, tile3.x),
    vec4f(tile0.y, tile1.y, tile2.y, tile3.y),
    vec4f(tile0.z, tile1.z, tile2.z, tile3.z),
    vec4f(tile0.w, tile1.w, tile2.w, tile3.w),
    vec4f(tile1.x, tile2.x, tile3.x, right)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let quads = params.padded_tiles / 4;
  let stride = params.in_channels * quads;
  if (index >= stride) { return; }
  let i = index / quads;
  let tile = params.first_tile + (index - i * quads) * 4;
  let tile_row = tile / params.tile_columns;
  let quad = tile - tile_row * params.tile_columns;
  let width = params.width_quads;
  let scale = params.scale * in_scale(i);
  let place = Place(i * params.height * width, width, i32(params.height), quad, scale, params.scale * in_shift(i));

  let top = i32(tile_row * 4) - 1;
  #for R in 6
  let row{{R}} = patch_row(top + {{R}}, place);
  #end
  #for S in 6
  store_column(
    index + {{S}} * stride, stride, transform(Six(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}], row4[{{S}}], row5[{{S}}])));
  #end
}
