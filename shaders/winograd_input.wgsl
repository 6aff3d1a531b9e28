// Winograd F(4×4, 3×3), input transform: v[6r + s, i, t] = (Bᵀ d B)[r, s] of the 6×6 patch d around output tile t, read as
// x · in_scale[i] + in_shift[i] inside the picture and zero outside (padding 1).
// x [I, H, W/4] and v [36, I, T′/4] in vec4; tiles row-major, their number in a row rounded up to a multiple of 4. The dispatch
// covers T′ tiles from first_tile on; nothing reads what the product makes of tiles beyond the picture.
// One invocation transforms the patches of four neighbouring tiles, the four lanes of its vectors: 4 vec4 of x and the numbers
// beside them serve them all a row, where four patches alone would take 24 loads, and v is written in vec4.

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
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read> shifts: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<vec4<{{ELEMENT}}>>;

const ABSENT = 0xffffffffu; // offset of a vector that is not there; an override each would triple the pipelines

const A = 0.70710678; // the points are 0, ±A, ±B and ∞: among the simple ones these round least, see winograd.ts
const B = 1.41421356;

// Six numbers in a row or column of a patch, of four tiles.
struct Six {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
  e: vec4f,
  f: vec4f,
}

// Bᵀ times d.
fn transform(d: Six) -> Six {
  let p = d.e - 2 * d.c;
  let q = A * (d.d - 2 * d.b);
  let m = d.e - 0.5 * d.c;
  let n = B * (d.d - 0.5 * d.b);
  return Six(d.a - 2.5 * d.c + d.e, p + q, p - q, m + n, m - n, d.b - 2.5 * d.d + d.f);
}

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
  let value = x[row + min(column, place.width - 1)] * place.scale + place.shift;
  return select(vec4f(), value, inside);
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
  let q = place.quad;
  let left = load_before(row, q, place, inside);
  let m0 = load(row, q, place, inside);
  let m1 = load(row, q + 1, place, inside && q + 1 < place.width);
  let m2 = load(row, q + 2, place, inside && q + 2 < place.width);
  let m3 = load(row, q + 3, place, inside && q + 3 < place.width);
  let right = load_first(row, q + 4, place, inside);
  return transform(Six(
    vec4f(left, m0.w, m1.w, m2.w),
    vec4f(m0.x, m1.x, m2.x, m3.x),
    vec4f(m0.y, m1.y, m2.y, m3.y),
    vec4f(m0.z, m1.z, m2.z, m3.z),
    vec4f(m0.w, m1.w, m2.w, m3.w),
    vec4f(m1.x, m2.x, m3.x, right)));
}

// Column `s` of Bᵀ d B, written to v.
fn store(first: u32, stride: u32, d: Six) {
  let t = transform(d);
  v[first] = vec4<{{ELEMENT}}>(t.a);
  v[first + 6 * stride] = vec4<{{ELEMENT}}>(t.b);
  v[first + 12 * stride] = vec4<{{ELEMENT}}>(t.c);
  v[first + 18 * stride] = vec4<{{ELEMENT}}>(t.d);
  v[first + 24 * stride] = vec4<{{ELEMENT}}>(t.e);
  v[first + 30 * stride] = vec4<{{ELEMENT}}>(t.f);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let quads = params.padded_tiles / 4;
  let stride = params.in_channels * quads;
  if (index >= stride) { return; }
  let i = index / quads;
  let t = params.first_tile + (index - i * quads) * 4;
  let tile_row = t / params.tile_columns;
  let quad = t - tile_row * params.tile_columns;
  let width = params.width_quads;
  let scaled = params.in_scale != ABSENT; // no branch: lavapipe would specialise the shader on it, anew at each dispatch
  let shifted = params.in_shift != ABSENT;
  let scale = select(1.0, scales[select(0, params.in_scale + i, scaled)], scaled);
  let shift = select(0.0, shifts[select(0, params.in_shift + i, shifted)], shifted);
  let place = Place(i * params.height * width, width, i32(params.height), quad, scale, shift);

  let top = i32(tile_row * 4) - 1;
  let r0 = patch_row(top, place);
  let r1 = patch_row(top + 1, place);
  let r2 = patch_row(top + 2, place);
  let r3 = patch_row(top + 3, place);
  let r4 = patch_row(top + 4, place);
  let r5 = patch_row(top + 5, place);
  store(index, stride, Six(r0.a, r1.a, r2.a, r3.a, r4.a, r5.a));
  store(index + stride, stride, Six(r0.b, r1.b, r2.b, r3.b, r4.b, r5.b));
  store(index + 2 * stride, stride, Six(r0.c, r1.c, r2.c, r3.c, r4.c, r5.c));
  store(index + 3 * stride, stride, Six(r0.d, r1.d, r2.d, r3.d, r4.d, r5.d));
  store(index + 4 * stride, stride, Six(r0.e, r1.e, r2.e, r3.e, r4.e, r5.e));
  store(index + 5 * stride, stride, Six(r0.f, r1.f, r2.f, r3.f, r4.f, r5.f));
}
