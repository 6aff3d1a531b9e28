// Winograd F(4×4, 3×3), input transform for the filter's gradient: spectrum[6r + s, t, i] = (Bᵀ d B)[r, s] of the 6×6 patch d around
// output tile t, read as x · in_scale[i] + in_shift[i] inside the picture and zero outside (padding 1). Sizes and layouts: tile_rows.
// winograd_input makes the same with tiles fastest; here channels are, since the product that follows adds up over tiles.

{{ENABLE_F16}}

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
  let place = place_of(index);
  let top = i32(place.row * 4) - 1; // rows beyond the picture are zero, and so are tiles there
  let last = place.row * 4 >= params.height;
  #for R in 6
  let row{{R}} = patch_row(select(top + {{R}}, -1, last), place);
  #end
  #for S in 6
  store_column(
    index + {{S}} * stride, stride, transform(Six(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}], row4[{{S}}], row5[{{S}}])));
  #end
}
