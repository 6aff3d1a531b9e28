// upConv as one matrix product, last part: y = act(FIR(T)[o] · out_scale[o] + bias[o] + noise) · gain, with the transposed
// convolution T[o, 2p + a, 2q + b] += m[a, b, o, (p, q)] (stride 2, no padding) and the FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64,
// padding (1, 1), so that y is [O, 2H, 2W]. T is never stored.
// m [3·3·O, P′]: what each weight makes of each pixel, a strip of rows from first_row on; y rows 2·top .. 2·(top + rows) − 1.
// With f = [1, 3, 3, 1] / 4, along one axis y[2p + φ] = Σ_dp,a f[2dp + a − φ + 1] · m[a, p + dp].
// One invocation makes 4 × 8 pixels of y from the pixels (p, q) .. (p + 1, q + 3) and their neighbours: m, y and noise go in vec4,
// the neighbours' columns one by one. A loop over the ten pairs (dp, a), two a turn, keeps the code small.

struct Params {
  out_channels: u32,
  height: u32, width: u32, // H of the whole picture and W, a multiple of 4
  first_row: u32, // of m
  top: u32, rows: u32, // input rows of the dispatch; the first one is even
  padded_pixels: u32, // P′
  out_scale: u32, bias: u32, slopes: u32, // element offsets of the vectors
  slope: f32, gain: f32, // slope below zero where there are no slopes: 1 none, 0 ReLU
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> m: array<vec4f>;
@group(0) @binding(2) var<storage, read> m_elements: array<f32>; // m again
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read> noise: array<vec4f>; // [2H, 2W / 4]
@group(0) @binding(5) var<storage, read> scales: array<f32>;
@group(0) @binding(6) var<storage, read> biases: array<f32>;
@group(0) @binding(7) var<storage, read> slopes: array<f32>;

override NOISE: bool = false;

const ABSENT = 0xffffffffu; // offset of a vector that is not there; an override each would multiply the pipelines

// Element `o` of an optional vector, or what stands for it. It always loads: lavapipe would specialise a branch at each dispatch.
fn scale_of(o: u32) -> f32 {
  let present = params.out_scale != ABSENT;
  return select(1.0, scales[select(0, params.out_scale + o, present)], present);
}
fn bias_of(o: u32) -> f32 {
  let present = params.bias != ABSENT;
  return select(0.0, biases[select(0, params.bias + o, present)], present);
}
fn slope_of(o: u32) -> f32 {
  let present = params.slopes != ABSENT;
  return select(params.slope, slopes[select(0, params.slopes + o, present)], present);
}

// Eight neighbouring columns of y, even and odd ones.
struct Line { even: vec4f, odd: vec4f }

struct Block { r0: Line, r1: Line, r2: Line, r3: Line } // four rows

// What the sums of a block are made from.
struct Source {
  channel: u32, // of m, in elements: where row 0 of the picture would be
  stride: u32, // between m's channels b = 0, 1, 2
  p: i32,
  q: u32,
}

// Eight columns before the vertical sum, of a row of m's channels b that begins at `at`.
fn horizontal(at: u32, stride: u32, q: u32) -> Line {
  let right = q + 4 < params.width;
  let before = max(at, 1) - 1;
  let m0 = m[at / 4];
  let m1 = m[(at + stride) / 4];
  let m2 = m[(at + 2 * stride) / 4];
  let l1 = select(0.0, m_elements[before + stride], q > 0);
  let l2 = select(0.0, m_elements[before + 2 * stride], q > 0);
  let r0 = select(0.0, m_elements[at + 4], right);
  let r1 = select(0.0, m_elements[at + stride + 4], right);
  let previous2 = vec4f(l2, m2.xyz);
  let next0 = vec4f(m0.yzw, r0);
  return Line(
    0.25 * (vec4f(l1, m1.xyz) + m2 + next0) + 0.75 * (previous2 + m0 + m1),
    0.25 * (previous2 + m0 + vec4f(m1.yzw, r1)) + 0.75 * (m1 + m2 + next0));
}

// f[k], zero outside.
fn fir(k: i32) -> f32 {
  return select(select(0.0, 0.25, k == 0 || k == 3), 0.75, k == 1 || k == 2);
}

// Adds pair (dp, a) of those that reach the block, (−1, 1), (−1, 2), (0, 0) .. (1, 2), (2, 0), (2, 1): numbers 1 to 10.
fn add(b: ptr<function, Block>, pair: i32, s: Source) {
  let third = (pair * 11) >> 5; // pair / 3, which a CPU does lane by lane
  let dp = third - 1;
  let a = pair - 3 * third;
  let row = s.p + dp;
  let height = i32(params.height);
  let inside = select(0.0, 1.0, row >= 0 && row < height);
  let at = s.channel + u32(clamp(row, 0, height - 1)) * params.width + u32(a) * 3 * s.stride + s.q;
  let line = horizontal(at, s.stride, s.q);
  let k = 2 * dp + a + 1;
  let f = inside * vec4f(fir(k), fir(k - 1), fir(k - 2), fir(k - 3));
  (*b).r0 = Line((*b).r0.even + f.x * line.even, (*b).r0.odd + f.x * line.odd);
  (*b).r1 = Line((*b).r1.even + f.y * line.even, (*b).r1.odd + f.y * line.odd);
  (*b).r2 = Line((*b).r2.even + f.z * line.even, (*b).r2.odd + f.z * line.odd);
  (*b).r3 = Line((*b).r3.even + f.w * line.even, (*b).r3.odd + f.w * line.odd);
}

// What a channel's pixels share.
struct Channel {
  first: u32, // of y, in vec4
  scale: f32,
  bias: f32,
  slope: f32,
}

// Writes four columns of y, vector `at` of the channel.
fn finish(sums: vec4f, c: Channel, at: u32) {
  var v = sums * c.scale + c.bias;
  if (NOISE) { v += noise[at]; }
  y[c.first + at] = select(v * c.slope, v, v >= vec4f()) * params.gain;
}

// Writes eight columns of row `row`; nothing below the edge.
fn finish_row(line: Line, c: Channel, row: u32, q: u32) {
  let at = (row * params.width + q) / 2;
  if (row < 2 * params.height) {
    finish(vec4f(line.even.x, line.odd.x, line.even.y, line.odd.y), c, at);
    finish(vec4f(line.even.z, line.odd.z, line.even.w, line.odd.w), c, at + 1);
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let width = params.width;
  let across = width / 4;
  let cells = (params.rows + 1) / 2 * across;
  if (index >= params.out_channels * cells) { return; }
  let o = index / cells;
  let cell = index - o * cells;
  let row = cell / across;
  let q = 4 * (cell - row * across);
  let p = 2 * row + params.top;
  let c = Channel(o * params.height * width, scale_of(o), bias_of(o), slope_of(o));

  let channel = o * params.padded_pixels - params.first_row * width; // may wrap; a row's offset takes it back
  let source = Source(channel, params.out_channels * params.padded_pixels, i32(p), q);
  var sums: Block;
  for (var pair = 1; pair < 11; pair += 2) {
    add(&sums, pair, source);
    add(&sums, pair + 1, source);
  }
  finish_row(sums.r0, c, 2 * p, q);
  finish_row(sums.r1, c, 2 * p + 1, q);
  finish_row(sums.r2, c, 2 * p + 2, q);
  finish_row(sums.r3, c, 2 * p + 3, q);
}
