// conv2d, implicit matrix product through workgroup memory: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] ·
//   (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i]) + bias[o] + noise[p] + residual[o, p]) · gain
// Layout: see parts/conv2d; w is read as vec4 over o, so O/groups is a multiple of 4; vectors [n] at an offset.
// y [S, O, OH, OW] is the sum over one part of a group's I/groups·k·k terms each (S = 1: all).
// A workgroup of 8 × 8 owns 64 channels × 32 pixels: it gathers 16 terms of both into workgroup memory, then each invocation
// multiplies 8 channels × 4 pixels in registers. One dispatch and no columns in memory, where the columns rung takes three.

@group(0) @binding(7) var<storage, read> w: array<vec4f>;

alias Term = vec4f;

const TERMS = 16u; // in workgroup memory at a time
const CHANNEL_QUADS = 16u; // of a workgroup
const PIXEL_QUADS = 8u;

var<workgroup> filters: array<vec4f, 256>; // [TERMS, CHANNEL_QUADS]
var<workgroup> pixels: array<vec4f, 128>; // [TERMS, PIXEL_QUADS]

// The digits of a term: channel of the group, row and column of the tap.
fn digits(term: u32) -> vec3u {
  return vec3u(term / params.kernel / params.kernel, term / params.kernel % params.kernel, term % params.kernel);
}

// The digits of a sum of two terms: carried, since GPUs have no unit that divides.
fn add_digits(a: vec3u, b: vec3u) -> vec3u {
  var sum = a + b;
  if (sum.z >= params.kernel) { sum = vec3u(sum.x, sum.y + 1, sum.z - params.kernel); }
  if (sum.y >= params.kernel) { sum = vec3u(sum.x + 1, sum.y - params.kernel, sum.z); }
  return sum;
}

// What a term of group `group` reads at four pixels whose windows begin at `top` and `left`, zero outside the picture.
fn gather(group: u32, term: vec3u, top: vec4i, left: vec4i) -> vec4f {
  let i = group * params.group_in + min(term.x, params.group_in - 1);
  let row = top + i32(term.y);
  let column = left + i32(term.z);
  let inside = (vec4u(row) < vec4u(params.height)) & (vec4u(column) < vec4u(params.width)); // negative ones wrap around
  let at = select(vec4i(), (i32(i * params.height) + row) * i32(params.width) + column, inside);
  return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) * in_scale(i) + in_shift(i), inside);
}

// Finishes four channels from `first` of a group on, at four pixels from `pixel` on; nothing beyond the edge.
fn finish(sums: mat4x4f, part: u32, group: u32, first: u32, pixel: u32) {
  if (first >= params.group_out) { return; }
  let count = params.out_height * params.out_width;
  let part_start = part * params.groups * params.group_out * count;
  for (var c = 0u; c < 4; c++) {
    let o = group * params.group_out + first + c;
    for (var p = 0u; p < 4; p++) {
      if (pixel + p >= count) { continue; }
      let element = o * count + pixel + p;
      y[part_start + element] = epilogue(sums[c][p], o, pixel + p, element);
    }
  }
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let group = tile.z % params.groups;
  let part = tile.z / params.groups;
  let quads = params.group_out / 4;
  let quad = tile.y * CHANNEL_QUADS;
  let first = tile.x * 32 + local.x * 4; // of the invocation's pixels, for which it also gathers
  let pixel = vec4i(i32(first)) + vec4i(0, 1, 2, 3);
  let top = pixel / i32(params.out_width) * i32(params.stride) - i32(params.padding);
  let left = pixel % i32(params.out_width) * i32(params.stride) - i32(params.padding);
  let terms = params.group_in * params.kernel * params.kernel;
  let end = min((part + 1) * params.part_terms, terms);
  let eight = digits(8);
  var term = digits(part * params.part_terms + local.y); // the next that this invocation gathers
  var near = mat4x4f(); // channel quads local.y and local.y + 8
  var far = mat4x4f();
  for (var first_term = part * params.part_terms; first_term < end; first_term += TERMS) {
    for (var e = index; e < TERMS * PIXEL_QUADS; e += 64) {
      pixels[e] = select(vec4f(), gather(group, term, top, left), first_term + e / PIXEL_QUADS < terms);
      term = add_digits(term, eight);
    }
    for (var e = index; e < TERMS * CHANNEL_QUADS; e += 64) {
      let row = group * terms + min(first_term + e / CHANNEL_QUADS, terms - 1);
      // What lies beyond is multiplied by zero, or not written.
      filters[e] = w[row * quads + min(quad + e % CHANNEL_QUADS, quads - 1)];
    }
    workgroupBarrier();
    for (var k = 0u; k < TERMS; k++) {
      near += outer(pixels[k * PIXEL_QUADS + local.x], filters[k * CHANNEL_QUADS + local.y]);
      far += outer(pixels[k * PIXEL_QUADS + local.x], filters[k * CHANNEL_QUADS + local.y + 8]);
    }
    workgroupBarrier();
  }
  finish(near, part, group, 4 * (quad + local.y), first);
  finish(far, part, group, 4 * (quad + local.y + 8), first);
}
