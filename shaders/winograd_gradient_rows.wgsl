// Winograd F(4×4, 3×3), the output's gradient for the filter's: spectrum[6r + s, t, o] = (A d Aᵀ)[r, s] of the 4×4 tile d of
// du · in_scale[o]: the output transform turned round.
// du [O, H, W/4] and spectrum [36, T, O′/4] in vec4, O′ = O rounded up to whole blocks. The dispatch covers T tiles from first_tile on,
// row-major; tiles beyond the picture and channels beyond O are zero.
// One invocation transforms the tiles of four channels, the lanes of its vectors.

{{ENABLE_F16}}
struct Params {
  channels: u32, // O
  channel_quads: u32, // O′ / 4
  height: u32,
  width_quads: u32, // W / 4, also tiles in a row of tiles
  first_tile: u32,
  tiles: u32, // T
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> du: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> spectrum: array<vec4<{{ELEMENT}}>>;

alias Mask = vec4<bool>; // a channel each

// A times four numbers.
fn transform(four: mat4x4f) -> Six {
  let near = four[0] + 0.5 * four[2];
  let near_odd = A * (four[1] + 0.5 * four[3]);
  let far = four[0] + 2 * four[2];
  let far_odd = B * (four[1] + 2 * four[3]);
  return Six(four[0], near + near_odd, near - near_odd, far + far_odd, far - far_odd, four[3]);
}

// Row `y` of the tiles of four channels that begin at `first`, times Aᵀ.
fn tile_row_at(y: u32, column: u32, first: vec4u, scale: vec4f, used: Mask) -> Six {
  let at = first + min(y, params.height - 1) * params.width_quads + column;
  let inside = select(vec4f(), scale, used & Mask(y < params.height));
  let four = transpose(mat4x4f(du[at.x], du[at.y], du[at.z], du[at.w]));
  return transform(mat4x4f(four[0] * inside, four[1] * inside, four[2] * inside, four[3] * inside));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.tiles * params.channel_quads;
  if (index >= stride) { return; }
  let tile = params.first_tile + index / params.channel_quads;
  let row = tile / params.width_quads;
  let column = tile - row * params.width_quads;
  let wanted = vec4u(index % params.channel_quads * 4) + vec4u(0, 1, 2, 3);
  let o = min(wanted, vec4u(params.channels - 1));
  let first = o * params.height * params.width_quads;
  let scale = vec4f(in_scale(o.x), in_scale(o.y), in_scale(o.z), in_scale(o.w));
  let used = wanted < vec4u(params.channels);
  #for R in 4
  let row{{R}} = tile_row_at(4 * row + {{R}}, column, first, scale, used);
  #end
  #for S in 6
  store_column(index + {{S}} * stride, stride, transform(mat4x4f(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}])));
  #end
}
