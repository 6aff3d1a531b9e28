// upConv by Winograd F(2×2, 3×3) in one dispatch: y = act(FIR(transposed conv(x · in_scale)) · out_scale + bias + noise) · gain, as
// upconv_direct.wgsl has it. x [I, H, W]; w [I, 3, 3, O/4] in vec4; y [S, O, 2H, 2W], the sum over one part of the inputs each (S = 1: all).
// The FIR commutes with the convolution: y = conv3×3(g) by w turned round, g = FIR(x with zeros between). A tile of 2×2 pixels is
// Aᵀ [Σ_i (G w Gᵀ) ⊙ (Bᵀ g B)] A, and its patch of g is F x Fᵀ of the 3×3 pixels around one of x, so Bᵀ g B = C x Cᵀ with C = Bᵀ F: g never
// exists. 4 products a pixel instead of 9 of the polyphase form; the map of one axis has rank 4, so a separable form has no fewer.
// A workgroup owns 4 × 4 tiles × 32 channels: it brings pixels and filters of four inputs into workgroup memory and transforms both, then
// an invocation multiplies 8 tiles × 8 channels of one of the 16 frequencies in registers. f32 only.

struct Params {
  in_channels: u32, out_channels: u32, part_channels: u32, // inputs of a part, a multiple of four
  height: u32, width: u32, // of x
  in_scale: u32, out_scale: u32, bias: u32, // element offsets of the vectors
  slope: f32, gain: f32, // slope below zero: 1 none, 0 ReLU; a PReLU reads SLOPES instead
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
override OUT_SCALE: u32 = 5;
override BIAS: u32 = 5;
override NOISE: u32 = 5;
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

var<workgroup> d: array<f32, 144>; // pixels [4 inputs, 6, 6]
var<workgroup> v: array<vec4f, 256>; // C x Cᵀ [4 inputs, 16 frequencies, 4 rows of tiles], four tiles in a vec4
var<workgroup> u: array<vec4f, 512>; // filters [4 inputs, 16 frequencies, 8 channel quads]; in the end sums [16, 8, 4 rows of tiles]

// Pixel `at` of two inputs into place `place`, zero outside the picture and past the last input. Main finds it once: it stays.
fn load_pixels(first: u32, place: u32, at: vec2u) {
  let inside = all(at < vec2u(params.width, params.height));
  for (var e = place; e < 144; e += 72) {
    let i = first + e / 36;
    var value = 0.0;
    if (inside && i < params.in_channels) {
      value = x[(i * params.height + at.y) * params.width + at.x];
      if (IN_SCALE < 5) { value *= operand(IN_SCALE, params.in_scale + i); }
    }
    d[e] = value;
  }
}

const C = array(vec3f(0.75, -0.5, -0.25), vec3f(0.25, 1.5, 0.25), vec3f(-0.25, 0, 0.25), vec3f(0.25, 0.5, -0.75)); // by rows

// Row r of the frequencies of one row of tiles: C down, Cᵀ across.
fn transform_pixels(k: u32, r: u32, tiles: u32) {
  let first = k * 36 + tiles * 6;
  var c: array<f32, 6>;
  for (var j = 0u; j < 6; j++) { c[j] = dot(C[r], vec3f(d[first + j], d[first + 6 + j], d[first + 12 + j])); }
  let left = vec4f(c[0], c[1], c[2], c[3]);
  let right = vec4f(c[2], c[3], c[4], c[5]);
  for (var s = 0u; s < 4; s++) {
    v[k * 64 + r * 16 + s * 4 + tiles] = C[s].x * left + C[s].y * vec4f(c[1], c[2], c[3], c[4]) + C[s].z * right;
  }
}

// A row of G w times Gᵀ.
fn put_filters(row: u32, g: mat3x4f) {
  u[row] = g[0];
  u[row + 8] = 0.5 * (g[0] + g[1] + g[2]);
  u[row + 16] = 0.5 * (g[0] - g[1] + g[2]);
  u[row + 24] = g[2];
}

// The upper or lower two rows of the frequencies of four filters turned round. What lies past the last input or channel is not used.
fn load_filters(first: u32, k: u32, first_quad: u32, q: u32, lower: bool) {
  let n = params.out_channels / 4;
  let at = min(first + k, params.in_channels - 1) * 9 * n + min(first_quad + q, n - 1);
  let top = mat3x4f(w[at + 8 * n], w[at + 7 * n], w[at + 6 * n]);
  let middle = mat3x4f(w[at + 5 * n], w[at + 4 * n], w[at + 3 * n]);
  let bottom = mat3x4f(w[at + 2 * n], w[at + n], w[at]);
  var edge = top; if (lower) { edge = bottom; }
  put_filters(k * 128 + select(0u, 96u, lower) + q, edge);
  put_filters(k * 128 + select(32u, 64u, lower) + q, 0.5 * (top + bottom + select(1.0, -1.0, lower) * middle));
}

fn outer(v4: vec4f, u4: vec4f) -> mat4x4f { return mat4x4f(v4 * u4.x, v4 * u4.y, v4 * u4.z, v4 * u4.w); }

// Brings all frequencies of every fourth channel together; each invocation finishes one tile of one: Aᵀ down, A across, epilogue.
fn finish(sums: array<vec4f, 4>, index: u32, part: u32, first: u32, origin: vec2u) {
  let slot = index / 8 * 32 + index % 4 * 4 + index / 4 % 2;
  workgroupBarrier();
  for (var j = 0u; j < 4; j++) { u[slot + j / 2 * 16 + j % 2 * 2] = sums[j]; }
  workgroupBarrier();
  var m: mat4x4f;
  let t = index % 4;
  for (var r = 0u; r < 4; r++) { let at = index / 4 + 128 * r; m[r] = vec4f(u[at][t], u[at + 32][t], u[at + 64][t], u[at + 96][t]); }
  let tile = mat4x2f(1, 0, 1, 1, 1, -1, 0, -1) * m * mat2x4f(1, 1, 1, 0, 0, 1, -1, -1); // Aᵀ mᵀ A
  let o = first + index / 16 * 4;
  let size = 2 * vec2u(params.width, params.height);
  for (var p = 0u; p < 4; p++) {
    let place = 8 * origin + 2 * vec2u(t, index / 4 % 4) + vec2u(p % 2, p / 2);
    if (o >= params.out_channels || any(place >= size)) { continue; }
    let pixel = place.y * size.x + place.x;
    var value = tile[p / 2][p % 2];
    if (OUT_SCALE < 5) { value *= operand(OUT_SCALE, params.out_scale + o); }
    if (BIAS < 5) { value += operand(BIAS, params.bias + o); }
    if (NOISE < 5) { value += operand(NOISE, pixel); }
    let slope = select(params.slope, operand(SLOPES, o), SLOPES < 5);
    y[(part * params.out_channels + o) * size.x * size.y + pixel] = select(value * slope, value, value >= 0) * params.gain;
  }
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let blocks = (params.out_channels + 31) / 32;
  let part = group.z / blocks;
  let quad = group.z % blocks * 8;
  let pixel = 4 * group.xy + vec2u(index % 6, index / 6 % 6) - 1; // −1 wraps to a large number
  var m: array<mat4x4f, 4>; // rows of tiles t, t + 2, t, t + 2; channel quads q, q, q + 4, q + 4
  for (var i = part * params.part_channels; i < min((part + 1) * params.part_channels, params.in_channels); i += 4) {
    if (index < 72) { load_pixels(i, index, pixel); }
    if (index >= 64) { load_filters(i, index / 16 - 4, quad, index % 8, index / 8 % 2 == 1); }
    workgroupBarrier();
    if (index < 64) { transform_pixels(index / 16, index % 4, index / 4 % 4); }
    workgroupBarrier();
    for (var f = index / 8; f < 64; f += 16) {
      let at = vec2u(f * 4 + index / 4 % 2, f * 8 + index % 4);
      m[0] += outer(v[at.x], u[at.y]);
      m[1] += outer(v[at.x + 2], u[at.y]);
      m[2] += outer(v[at.x], u[at.y + 4]);
      m[3] += outer(v[at.x + 2], u[at.y + 4]);
    }
    workgroupBarrier();
  }
  for (var c = 0u; c < 4; c++) { // columns move up: looked up by a variable they would not stay in registers
    finish(array(m[0][0], m[1][0], m[2][0], m[3][0]), index, part, 4 * quad + c, group.xy);
    m[0] = mat4x4f(m[0][1], m[0][2], m[0][3], m[0][0]); m[1] = mat4x4f(m[1][1], m[1][2], m[1][3], m[1][0]);
    m[2] = mat4x4f(m[2][1], m[2][2], m[2][3], m[2][0]); m[3] = mat4x4f(m[3][1], m[3][2], m[3][3], m[3][0]);
  }
}
