// Winograd F(4×4, 3×3), input transform for the filter's gradient: spectrum[6r + s, t, i] = (Bᵀ d B)[r, s] of the 6×6 patch d around
// output tile t, read as x · in_scale[i] + in_shift[i] inside the picture and zero outside (padding 1).
// winograd_input makes the same with tiles fastest; here channels are, since the product that follows adds up over tiles.
// x [I, H, W/4] and spectrum [36, T, I′/4] in vec4, I′ = I rounded up to whole blocks. The dispatch covers T tiles from first_tile on,
// row-major; tiles beyond the picture and channels beyond I are zero.
// One invocation transforms the patches of four channels, the lanes of its vectors.

{{ENABLE_F16}}
struct Params {
  channels: u32, // I
  channel_quads: u32, // I′ / 4
  height: u32,
  width_quads: u32, // W / 4, also tiles in a row of tiles
  first_tile: u32,
  tiles: u32, // T
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> spectrum: array<vec4<{{ELEMENT}}>>;

alias Mask = vec4<bool>; // a channel each

// Where four patches lie and how they are read.
struct Place {
  channels: vec4u, // where each channel begins in x
  column: u32, // of the tile, in vec4
  scale: vec4f,
  shift: vec4f,
  used: Mask, // channels that there are
}

// Row `y` of the patches, times B.
fn patch_row(y: i32, place: Place) -> Six {
  let inside = place.used & Mask(y >= 0 && y < i32(params.height));
  let row = u32(clamp(y, 0, i32(params.height) - 1)) * params.width_quads;
  let at = place.channels + row + place.column;
  let before = place.channels + row + max(place.column, 1) - 1;
  let after = place.channels + row + min(place.column + 1, params.width_quads - 1);
  let left = vec4f(x[before.x].w, x[before.y].w, x[before.z].w, x[before.w].w);
  let right = vec4f(x[after.x].x, x[after.y].x, x[after.z].x, x[after.w].x);
  let middle = transpose(mat4x4f(x[at.x], x[at.y], x[at.z], x[at.w]));
  let has_left = inside & Mask(place.column > 0);
  let has_right = inside & Mask(place.column + 1 < params.width_quads);
  return transform(Six(
    select(vec4f(), left * place.scale + place.shift, has_left),
    select(vec4f(), middle[0] * place.scale + place.shift, inside),
    select(vec4f(), middle[1] * place.scale + place.shift, inside),
    select(vec4f(), middle[2] * place.scale + place.shift, inside),
    select(vec4f(), middle[3] * place.scale + place.shift, inside),
    select(vec4f(), right * place.scale + place.shift, has_right)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.tiles * params.channel_quads;
  if (index >= stride) { return; }
  let tile = params.first_tile + index / params.channel_quads;
  let tile_row = tile / params.width_quads;
  let wanted = vec4u(index % params.channel_quads * 4) + vec4u(0, 1, 2, 3);
  let i = min(wanted, vec4u(params.channels - 1));
  let place = Place(
    i * params.height * params.width_quads,
    tile - tile_row * params.width_quads,
    vec4f(in_scale(i.x), in_scale(i.y), in_scale(i.z), in_scale(i.w)),
    vec4f(in_shift(i.x), in_shift(i.y), in_shift(i.z), in_shift(i.w)),
    wanted < vec4u(params.channels));

  let top = i32(tile_row * 4) - 1; // rows beyond the picture are zero, and so are tiles there
  let last = tile_row * 4 >= params.height;
  #for R in 6
  let row{{R}} = patch_row(select(top + {{R}}, -1, last), place);
  #end
  #for S in 6
  store_column(
    index + {{S}} * stride, stride, transform(Six(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}], row4[{{S}}], row5[{{S}}])));
  #end
}
