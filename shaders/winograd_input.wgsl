// Winograd F(4×4, 3×3), input transform: v[6r + s, i, t] = (Bᵀ d B)[r, s] of the 6×6 patch d around output tile t, read as
// x · in_scale[i] + in_shift[i] inside the picture and zero outside.
// x [I, H, W]; v [36, I, T′], tiles row-major, T′ = T rounded up. The dispatch covers tiles [first_tile, first_tile + T).
// One invocation transforms one patch; neighbours differ in t, so v is written in rows.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  height: u32,
  width: u32,
  tile_columns: u32, // tiles in a row of tiles
  first_tile: u32,
  tiles: u32, // T
  padded_tiles: u32, // T′
  padding: u32,
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read> shifts: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<{{ELEMENT}}>;

override IN_SCALE: bool = false;
override IN_SHIFT: bool = false;

// Half a row of patches: three columns, clamped to the picture.
struct Half {
  columns: vec3u,
  inside: vec3<bool>,
}

fn half(column: i32) -> Half {
  let columns = vec3i(column) + vec3i(0, 1, 2); // negative ones wrap to large ones and fail the comparison
  let inside = vec3u(columns) < vec3u(params.width);
  return Half(vec3u(clamp(columns, vec3i(), vec3i(i32(params.width) - 1))), inside);
}

// x[i, row, half] after scale and shift, zero outside. It always loads: a CPU pays more for a branch than for a load.
fn patch_row(base: u32, row: i32, half: Half, scale: f32, shift: f32) -> vec3f {
  let inside = half.inside & vec3<bool>(u32(row) < params.height);
  let at = base + u32(clamp(row, 0, i32(params.height) - 1)) * params.width + half.columns;
  return select(vec3f(), vec3f(x[at.x], x[at.y], x[at.z]) * scale + shift, inside);
}

const A = 0.70710678; // the points are 0, ±A, ±B and ∞: among the simple ones these round least, see winograd.ts
const B = 1.41421356;

// Bᵀ down the columns of half a patch.
fn down(a: vec3f, b: vec3f, c: vec3f, d: vec3f, e: vec3f, f: vec3f) -> array<vec3f, 6> {
  let p = e - 2 * c;
  let q = A * (d - 2 * b);
  let m = e - 0.5 * c;
  let n = B * (d - 0.5 * b);
  return array(a - 2.5 * c + e, p + q, p - q, m + n, m - n, b - 2.5 * d + f);
}

// Row r of Bᵀ d times B, written to v.
fn write_row(first: u32, stride: u32, lo: vec3f, hi: vec3f) {
  let p = hi.y - 2 * lo.z;
  let q = A * (hi.x - 2 * lo.y);
  let m = hi.y - 0.5 * lo.z;
  let n = B * (hi.x - 0.5 * lo.y);
  v[first] = {{ELEMENT}}(lo.x - 2.5 * lo.z + hi.y);
  v[first + stride] = {{ELEMENT}}(p + q);
  v[first + 2 * stride] = {{ELEMENT}}(p - q);
  v[first + 3 * stride] = {{ELEMENT}}(m + n);
  v[first + 4 * stride] = {{ELEMENT}}(m - n);
  v[first + 5 * stride] = {{ELEMENT}}(lo.y - 2.5 * hi.x + hi.z);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.in_channels * params.padded_tiles;
  if (index >= stride) { return; }
  let i = index / params.padded_tiles;
  let t = index % params.padded_tiles;
  let tile = params.first_tile + min(t, params.tiles - 1);
  let row = i32(tile / params.tile_columns * 4) - i32(params.padding);
  let column = i32(tile % params.tile_columns * 4) - i32(params.padding);
  var scale = 1.0;
  var shift = 0.0;
  if (IN_SCALE) { scale = scales[params.in_scale + i]; }
  if (IN_SHIFT) { shift = shifts[params.in_shift + i]; }

  let base = i * params.height * params.width;
  let left = half(column);
  let right = half(column + 3);
  let lo = down(
    patch_row(base, row, left, scale, shift), patch_row(base, row + 1, left, scale, shift),
    patch_row(base, row + 2, left, scale, shift), patch_row(base, row + 3, left, scale, shift),
    patch_row(base, row + 4, left, scale, shift), patch_row(base, row + 5, left, scale, shift));
  let hi = down(
    patch_row(base, row, right, scale, shift), patch_row(base, row + 1, right, scale, shift),
    patch_row(base, row + 2, right, scale, shift), patch_row(base, row + 3, right, scale, shift),
    patch_row(base, row + 4, right, scale, shift), patch_row(base, row + 5, right, scale, shift));
  write_row(index, stride, lo[0], hi[0]);
  write_row(index + 6 * stride, stride, lo[1], hi[1]);
  write_row(index + 12 * stride, stride, lo[2], hi[2]);
  write_row(index + 18 * stride, stride, lo[3], hi[3]);
  write_row(index + 24 * stride, stride, lo[4], hi[4]);
  write_row(index + 30 * stride, stride, lo[5], hi[5]);
}
