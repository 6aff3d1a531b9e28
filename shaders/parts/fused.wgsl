// Winograd F(2×2, 3×3) of a workgroup, from pixels in workgroup memory to y, for conv2d_fused and upconv_fused.
// A workgroup of 128 owns 4 × 4 tiles × 32 channels of y: it brings pixels and filters of four inputs into workgroup memory and
// transforms both, then an invocation multiplies 8 tiles × 8 channels of one of the 16 frequencies in registers.
// Needs operands, epilogue, outer; of params: `in_channels`, `out_channels`, `part_channels`; `const TURNED`, whether filters are
// turned round; and `out_size`, `pixel_of`, `load_pixels`, `transform_pixels`, which the kernels explain.

alias Term = vec4f;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> x: array<f32>; // [I, H, W]
@group(0) @binding(7) var<storage, read> w: array<vec4f>; // [I, 3, 3, O/4]
@group(0) @binding(8) var<storage, read_write> y: array<f32>; // [S, O, …]

var<workgroup> patches: array<vec4f, 256>; // [4 inputs, 16 frequencies, 4 rows of tiles], four tiles in a vec4
var<workgroup> filters: array<vec4f, 512>; // [4 inputs, 16 frequencies, 8 channel quads]; in the end sums [16, 8, 4 rows of tiles]

// A row of G w times Gᵀ.
fn put_filters(at: u32, row: mat3x4f) {
  filters[at] = row[0];
  filters[at + 8] = 0.5 * (row[0] + row[1] + row[2]);
  filters[at + 16] = 0.5 * (row[0] - row[1] + row[2]);
  filters[at + 24] = row[2];
}

// Row `row` of a filter of four channels whose taps begin at `first`, `quads` apart.
fn filter_row(first: u32, quads: u32, row: u32) -> mat3x4f {
  if (TURNED) {
    let last = first + (8 - 3 * row) * quads;
    return mat3x4f(w[last], w[last - quads], w[last - 2 * quads]);
  }
  let at = first + 3 * row * quads;
  return mat3x4f(w[at], w[at + quads], w[at + 2 * quads]);
}

// The upper or lower two rows of the frequencies of four filters. What lies past the last input or channel is not used.
fn load_filters(first: u32, k: u32, first_quad: u32, quad: u32, lower: bool) {
  let quads = params.out_channels / 4;
  let at = min(first + k, params.in_channels - 1) * 9 * quads + min(first_quad + quad, quads - 1);
  let top = filter_row(at, quads, 0);
  let middle = filter_row(at, quads, 1);
  let bottom = filter_row(at, quads, 2);
  var edge = top;
  if (lower) { edge = bottom; }
  put_filters(k * 128 + select(0u, 96u, lower) + quad, edge);
  put_filters(k * 128 + select(32u, 64u, lower) + quad, 0.5 * (top + bottom + select(1.0, -1.0, lower) * middle));
}

// Brings all frequencies of every fourth channel together; each invocation finishes one tile of one: Aᵀ down, A across, epilogue.
fn finish(sums: array<vec4f, 4>, index: u32, part: u32, first: u32, tiles: vec2u) {
  let slot = index / 8 * 32 + index % 4 * 4 + index / 4 % 2;
  workgroupBarrier();
  for (var j = 0u; j < 4; j++) { filters[slot + j / 2 * 16 + j % 2 * 2] = sums[j]; }
  workgroupBarrier();
  var products: mat4x4f;
  let tile = index % 4;
  for (var row = 0u; row < 4; row++) {
    let at = index / 4 + 128 * row;
    products[row] = vec4f(filters[at][tile], filters[at + 32][tile], filters[at + 64][tile], filters[at + 96][tile]);
  }
  let values = mat4x2f(1, 0, 1, 1, 1, -1, 0, -1) * products * mat2x4f(1, 1, 1, 0, 0, 1, -1, -1); // Aᵀ productsᵀ A
  let o = first + index / 16 * 4;
  let size = out_size();
  for (var p = 0u; p < 4; p++) {
    let place = 8 * tiles + 2 * vec2u(tile, index / 4 % 4) + vec2u(p % 2, p / 2);
    if (o >= params.out_channels || any(place >= size)) { continue; }
    let pixel = place.y * size.x + place.x;
    let element = o * size.x * size.y + pixel;
    y[part * params.out_channels * size.x * size.y + element] = epilogue(values[p / 2][p % 2], o, pixel, element);
  }
}

// A matrix whose columns have moved up by one.
fn moved_up(m: mat4x4f) -> mat4x4f { return mat4x4f(m[1], m[2], m[3], m[0]); }

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let blocks = (params.out_channels + 31) / 32;
  let part = group.z / blocks;
  let quad = group.z % blocks * 8;
  let pixel = pixel_of(index, group.xy); // found once: it stays
  let start = part * params.part_channels;
  var sums: array<mat4x4f, 4>; // rows of tiles t, t + 2, t, t + 2; channel quads q, q, q + 4, q + 4
  for (var i = start; i < min(start + params.part_channels, params.in_channels); i += 4) {
    load_pixels(i, index, pixel);
    if (index >= 64) { load_filters(i, index / 16 - 4, quad, index % 8, index / 8 % 2 == 1); }
    workgroupBarrier();
    if (index < 64) { transform_pixels(index / 16, index % 4, index / 4 % 4); }
    workgroupBarrier();
    for (var frequency = index / 8; frequency < 64; frequency += 16) {
      let patch_at = frequency * 4 + index / 4 % 2;
      let filter_at = frequency * 8 + index % 4;
      sums[0] += outer(patches[patch_at], filters[filter_at]);
      sums[1] += outer(patches[patch_at + 2], filters[filter_at]);
      sums[2] += outer(patches[patch_at], filters[filter_at + 4]);
      sums[3] += outer(patches[patch_at + 2], filters[filter_at + 4]);
    }
    workgroupBarrier();
  }
  for (var c = 0u; c < 4; c++) { // columns move up: looked up by a variable they would not stay in registers
    finish(array(sums[0][0], sums[1][0], sums[2][0], sums[3][0]), index, part, 4 * quad + c, group.xy);
    sums[0] = moved_up(sums[0]);
    sums[1] = moved_up(sums[1]);
    sums[2] = moved_up(sums[2]);
    sums[3] = moved_up(sums[3]);
  }
}
