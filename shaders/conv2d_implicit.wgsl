// conv2d, implicit matrix product through workgroup memory: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] ·
//   (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i]) + bias[o] + noise[p] + residual[o, p]) · gain
// x [I, H, W]; w [groups, I/groups, k, k, O/groups], read as vec4 over o, so O/groups is a multiple of 4; vectors [n] at an offset;
// y [S, O, OH, OW], the sum over one part of a group's I/groups·k·k terms each (S = 1: all). Any kernel, stride, padding and groups.
// A workgroup of 8 × 8 owns 64 channels × 32 pixels: it gathers 16 terms of both into workgroup memory, then each invocation
// multiplies 8 channels × 4 pixels in registers. One dispatch and no columns in memory, where the columns rung takes three.

struct Params {
  groups: u32,
  group_in: u32, // I / groups
  group_out: u32, // O / groups
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  part_terms: u32, // terms of a part, a multiple of sixteen
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
  out_scale: u32,
  bias: u32,
  slope: f32, // activation below zero: 1 none, 0 ReLU; a PReLU reads SLOPES instead
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> slot0: array<f32>; // optional operands, see `operand`
@group(0) @binding(5) var<storage, read> slot1: array<f32>;
@group(0) @binding(6) var<storage, read> slot2: array<f32>;
@group(0) @binding(7) var<storage, read> slot3: array<f32>;
@group(0) @binding(8) var<storage, read> slot4: array<f32>;

// Slot of each optional operand; 5 = absent.
override IN_SCALE: u32 = 5;
override IN_SHIFT: u32 = 5;
override OUT_SCALE: u32 = 5;
override BIAS: u32 = 5;
override NOISE: u32 = 5;
override RESIDUAL: u32 = 5;
override SLOPES: u32 = 5;

// Element `index` of the operand in `slot`; `slot` is an override, so the switch folds away.
fn operand(slot: u32, index: u32) -> f32 {
  switch slot {
    case 0: { return slot0[index]; }
    case 1: { return slot1[index]; }
    case 2: { return slot2[index]; }
    case 3: { return slot3[index]; }
    default: { return slot4[index]; }
  }
}

const TERMS = 16u;
const QUADS = 16u; // of channels

var<workgroup> u: array<vec4f, 256>; // filters [TERMS, QUADS]
var<workgroup> v: array<vec4f, 128>; // pixels [TERMS, 8], four in a vec4

// The digits of a term: channel of the group, row and column of the tap.
fn digits(term: u32) -> vec3u {
  return vec3u(term / params.kernel / params.kernel, term / params.kernel % params.kernel, term % params.kernel);
}

// The digits of a sum of two terms: carried, since GPUs have no unit that divides.
fn add(a: vec3u, b: vec3u) -> vec3u {
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
  var value = vec4f(x[at.x], x[at.y], x[at.z], x[at.w]);
  if (IN_SCALE < 5) { value *= operand(IN_SCALE, params.in_scale + i); }
  if (IN_SHIFT < 5) { value += operand(IN_SHIFT, params.in_shift + i); }
  return select(vec4f(), value, inside);
}

fn outer(v4: vec4f, u4: vec4f) -> mat4x4f { return mat4x4f(v4 * u4.x, v4 * u4.y, v4 * u4.z, v4 * u4.w); }

// Finishes four channels from `first` of a group on, at four pixels from `at` on; nothing beyond the edge.
fn finish(sums: mat4x4f, part: u32, group: u32, first: u32, at: u32) {
  if (first >= params.group_out) { return; }
  let pixels = params.out_height * params.out_width;
  for (var c = 0u; c < 4; c++) {
    let o = group * params.group_out + first + c;
    let slope = select(params.slope, operand(SLOPES, o), SLOPES < 5);
    for (var i = 0u; i < 4; i++) {
      let p = at + i;
      if (p >= pixels) { continue; }
      var value = sums[c][i];
      if (OUT_SCALE < 5) { value *= operand(OUT_SCALE, params.out_scale + o); }
      if (BIAS < 5) { value += operand(BIAS, params.bias + o); }
      if (NOISE < 5) { value += operand(NOISE, p); }
      if (RESIDUAL < 5) { value += operand(RESIDUAL, o * pixels + p); }
      y[(part * params.groups * params.group_out + o) * pixels + p] = select(value * slope, value, value >= 0) * params.gain;
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
  let quad = tile.y * QUADS;
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
  for (var k0 = part * params.part_terms; k0 < end; k0 += TERMS) {
    for (var e = index; e < TERMS * 8; e += 64) {
      v[e] = select(vec4f(), gather(group, term, top, left), k0 + e / 8 < terms);
      term = add(term, eight);
    }
    for (var e = index; e < TERMS * QUADS; e += 64) {
      let row = group * terms + min(k0 + e / QUADS, terms - 1);
      u[e] = w[row * quads + min(quad + e % QUADS, quads - 1)]; // what lies beyond is multiplied by zero, or not written
    }
    workgroupBarrier();
    for (var k = 0u; k < TERMS; k++) {
      near += outer(v[k * 8 + local.x], u[k * QUADS + local.y]);
      far += outer(v[k * 8 + local.x], u[k * QUADS + local.y + 8]);
    }
    workgroupBarrier();
  }
  finish(near, part, group, 4 * (quad + local.y), first);
  finish(far, part, group, 4 * (quad + local.y + 8), first);
}
