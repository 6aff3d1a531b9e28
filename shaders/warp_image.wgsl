// Affine warp of a picture: result pixel (u, v) is the mean of n × n bilinear values spread evenly over what it covers in the source.
//
// source: RGBA bytes, a word a pixel, in rows. view (12 numbers, so that a compiled graph serves every picture): a, b, c, d, x, y of
// (u, v) → (a·u + c·v + x, b·u + d·v + y), in pixel indices; source width and height; first u and v; n; 0.
// result: planes [3, H, W] as value·scale + shift with values in 0..255, or with PACKED a word of RGBA bytes a pixel, values
// truncated as Pillow does. Outside the source its edge goes on (EXTEND), or all is 0. One invocation a result pixel.

struct Params {
  height: u32,
  width: u32,
  scale: f32,
  shift: f32,
}

override WORKGROUP_SIZE: u32;
override PACKED: bool;
override EXTEND: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> view: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<u32>; // f32 planes as their bits

// The colour at whole position `p`, 0..255.
fn pixel(p: vec2i, size: vec2i) -> vec3f {
  let within = clamp(p, vec2i(0), size - 1);
  let word = source[within.y * size.x + within.x];
  let colour = vec3f(f32(word & 255), f32((word >> 8) & 255), f32((word >> 16) & 255));
  return select(vec3f(0), colour, EXTEND || all(within == p));
}

fn bilinear(p: vec2f, size: vec2i) -> vec3f {
  let low = floor(p);
  let part = p - low;
  let at = vec2i(low);
  let upper = mix(pixel(at, size), pixel(at + vec2i(1, 0), size), part.x);
  let lower = mix(pixel(at + vec2i(0, 1), size), pixel(at + vec2i(1, 1), size), part.x);
  return mix(upper, lower, part.y);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let pixels = params.height * params.width;
  if (index >= pixels) { return; }
  let right = vec2f(view[0], view[1]);
  let down = vec2f(view[2], view[3]);
  let size = vec2i(i32(view[6]), i32(view[7]));
  let at = vec2f(view[8] + f32(index % params.width), view[9] + f32(index / params.width));
  let centre = right * at.x + down * at.y + vec2f(view[4], view[5]);
  let samples = u32(view[10]);
  var sum = vec3f(0);
  for (var j = 0u; j < samples; j++) {
    for (var i = 0u; i < samples; i++) {
      let offset = (vec2f(f32(i), f32(j)) + 0.5) / f32(samples) - 0.5;
      sum += bilinear(centre + right * offset.x + down * offset.y, size);
    }
  }
  let colour = sum / f32(samples * samples);
  if (PACKED) {
    let bytes = vec3u(clamp(colour + 1e-3, vec3f(0), vec3f(255)));
    result[index] = bytes.x | (bytes.y << 8) | (bytes.z << 16) | 0xff000000;
    return;
  }
  let value = colour * params.scale + params.shift;
  result[index] = bitcast<u32>(value.x);
  result[pixels + index] = bitcast<u32>(value.y);
  result[2 * pixels + index] = bitcast<u32>(value.z);
}
