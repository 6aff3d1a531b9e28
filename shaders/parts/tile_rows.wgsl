// What both operands of a filter's gradient by Winograd's F(4×4, 3×3) share: pictures in, transformed tiles out, channels fastest.
// x [C, H, W/4] and spectrum [36, T, C′/4] in vec4, C′ = C rounded up to whole blocks. The dispatch covers T tiles from
// first_tile on, row-major; tiles beyond the picture and channels beyond C are zero. Needs in_vectors and its parts.
// One invocation transforms a tile of four channels, the lanes of its vectors.

struct Params {
  channels: u32, // C
  channel_quads: u32, // C′ / 4
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

// An invocation's tile, and how its four channels are read.
struct Place {
  row: u32, // of the tile, in tiles
  column: u32, // of the tile, in tiles: in vec4 of x
  channels: vec4u, // where each channel begins in x
  scale: vec4f,
  shift: vec4f,
  used: Mask, // channels that there are
}

fn place_of(index: u32) -> Place {
  let tile = params.first_tile + index / params.channel_quads;
  let row = tile / params.width_quads;
  let wanted = vec4u(index % params.channel_quads * 4) + vec4u(0, 1, 2, 3);
  let c = min(wanted, vec4u(params.channels - 1));
  return Place(
    row,
    tile - row * params.width_quads,
    c * params.height * params.width_quads,
    vec4f(in_scale(c.x), in_scale(c.y), in_scale(c.z), in_scale(c.w)),
    vec4f(in_shift(c.x), in_shift(c.y), in_shift(c.z), in_shift(c.w)),
    wanted < vec4u(params.channels));
}
