// Winograd F(4×4, 3×3), the output's gradient for the filter's: spectrum[6r + s, t, o] = (A d Aᵀ)[r, s] of the 4×4 tile d of
// x · in_scale[o], x the gradient: the output transform turned round. Sizes and layouts: tile_rows.

{{ENABLE_F16}}

// A times four numbers.
fn transform(four: mat4x4f) -> Six {
  let near = four[0] + 0.5 * four[2];
  let near_odd = A * (four[1] + 0.5 * four[3]);
  let far = four[0] + 2 * four[2];
  let far_odd = B * (four[1] + 2 * four[3]);
  return Six(four[0], near + near_odd, near - near_odd, far + far_odd, far - far_odd, four[3]);
}

// Row `y` of the tiles, times Aᵀ.
fn tile_row(y: u32, place: Place) -> Six {
  let at = place.channels + min(y, params.height - 1) * params.width_quads + place.column;
  let inside = select(vec4f(), place.scale, place.used & Mask(y < params.height));
  let four = transpose(mat4x4f(x[at.x], x[at.y], x[at.z], x[at.w]));
  return transform(mat4x4f(four[0] * inside, four[1] * inside, four[2] * inside, four[3] * inside));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.tiles * params.channel_quads;
  if (index >= stride) { return; }
  let place = place_of(index);
  #for R in 4
  let row{{R}} = tile_row(4 * place.row + {{R}}, place);
  #end
  #for S in 6
  store_column(index + {{S}} * stride, stride, transform(mat4x4f(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}])));
  #end
}
