// A picture of any size → x [3, rows, S] in [-1, 1]: the antialiased triangle filter of Pillow's `resize(…, BILINEAR)`.
//
// With scale = in/out and support = max(scale, 1), output i is centred at (i + ½)·scale and weighs input p by
// 1 − |p + ½ − centre| / support, normalised; across first, then down, rounded to 8 bits after each pass as Pillow does.
// One invocation an output pixel does both passes: a source row serves only the two output rows it overlaps, so an
// intermediate picture would save at most half of the reads, and would need memory that depends on the picture.
// What is transparent lies over white, rounded to 8 bits as an opaque picture is.

struct Params {
  size: u32, // S, side of the whole resized picture
  first_row: u32, // rows kept of it
  rows: u32,
}

override WORKGROUP_SIDE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> output: array<f32>; // [3, rows, S]
@group(1) @binding(0) var picture: texture_2d<f32>;

// Which input positions an output reads, and how it weighs them.
struct Window {
  centre: f32,
  support: f32,
  begin: u32,
  end: u32,
  norm: f32, // 1 / sum of the weights
}

fn weight_at(window: Window, p: u32) -> f32 {
  return max(0, 1 - abs(f32(p) + 0.5 - window.centre) / window.support);
}

fn window_of(i: u32, in_size: u32) -> Window {
  let scale = f32(in_size) / f32(params.size);
  let centre = (f32(i) + 0.5) * scale;
  let support = max(scale, 1);
  let begin = u32(max(centre - support + 0.5, 0));
  let end = min(u32(centre + support + 0.5), in_size);
  var window = Window(centre, support, begin, end, 0);
  var sum = 0.0;
  for (var p = begin; p < end; p++) {
    sum += weight_at(window, p);
  }
  window.norm = 1 / sum;
  return window;
}

// To the nearest of the 256 values a byte holds; values are in 0..1.
fn round8(v: vec3<f32>) -> vec3<f32> {
  return floor(clamp(v, vec3(0.0), vec3(1.0)) * 255 + 0.5) / 255;
}

// A pixel over white; its colours are not multiplied by alpha.
fn pixel(at: vec2<u32>) -> vec3<f32> {
  let rgba = textureLoad(picture, at, 0);
  return round8(mix(vec3(1.0), rgba.rgb, rgba.a));
}

@compute @workgroup_size(WORKGROUP_SIDE, WORKGROUP_SIDE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.size || id.y >= params.rows) {
    return;
  }
  let dimensions = textureDimensions(picture);
  let across = window_of(id.x, dimensions.x);
  let down = window_of(id.y + params.first_row, dimensions.y);
  var colour = vec3(0.0);
  for (var y = down.begin; y < down.end; y++) {
    var row = vec3(0.0);
    for (var x = across.begin; x < across.end; x++) {
      row += weight_at(across, x) * pixel(vec2(x, y));
    }
    colour += weight_at(down, y) * round8(row * across.norm);
  }
  colour = round8(colour * down.norm) * 2 - 1;
  let plane = params.rows * params.size;
  let at = id.y * params.size + id.x;
  output[at] = colour.r;
  output[plane + at] = colour.g;
  output[2 * plane + at] = colour.b;
}
