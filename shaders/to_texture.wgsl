// texture[j, i] = rgba(x[:, first_row + i, j]·½ + ½, 1): a picture in [-1, 1] into a canvas or any storage texture.
//
// x [3, H, W]; the texture is W × rows and clamps. One invocation a pixel.

struct Params {
  height: u32, // H
  width: u32, // W
  first_row: u32,
  rows: u32,
}

override WORKGROUP_SIDE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [3, H, W]
@group(1) @binding(0) var picture: texture_storage_2d<rgba8unorm, write>;

@compute @workgroup_size(WORKGROUP_SIDE, WORKGROUP_SIDE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.rows) {
    return;
  }
  let plane = params.height * params.width;
  let at = (id.y + params.first_row) * params.width + id.x;
  let colour = vec3(input[at], input[plane + at], input[2 * plane + at]) * 0.5 + 0.5;
  textureStore(picture, id.xy, vec4(clamp(colour, vec3(0.0), vec3(1.0)), 1));
}
