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
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> noise: array<vec4f>; // [2H, 2W / 4]
@group(0) @binding(4) var<storage, read> scales: array<f32>;
@group(0) @binding(5) var<storage, read> biases: array<f32>;
@group(0) @binding(6) var<storage, read> slopes: array<f32>;

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

// What the sums of a block are made from, in vec4: where row 0 of the picture would be in m, the stride between its channels b.
struct Source { channel: u32, stride: u32, width: u32, p: i32, q: u32 }

fn blend(outer: f32, inner: f32) -> f32 { return 0.25 * outer + 0.75 * inner; }

// Eight columns before the vertical sum, from vector `at` of m's channels b. Component by component: see batched_product_quads.
fn horizontal(at: u32, s: Source) -> Line {
  let right = s.q + 1 < s.width;
  let before = max(at, 1) - 1;
  let m0 = m[at];
  let m1 = m[at + s.stride];
  let m2 = m[at + 2 * s.stride];
  let l1 = select(0.0, m[before + s.stride].w, s.q > 0);
  let l2 = select(0.0, m[before + 2 * s.stride].w, s.q > 0);
  let r0 = select(0.0, m[at + 1].x, right);
  let r1 = select(0.0, m[at + s.stride + 1].x, right);
  let even = vec4f(
    blend(l1 + m2.x + m0.y, l2 + m0.x + m1.x), blend(m1.x + m2.y + m0.z, m2.x + m0.y + m1.y),
    blend(m1.y + m2.z + m0.w, m2.y + m0.z + m1.z), blend(m1.z + m2.w + r0, m2.z + m0.w + m1.w));
  let odd = vec4f(
    blend(l2 + m0.x + m1.y, m1.x + m2.x + m0.y), blend(m2.x + m0.y + m1.z, m1.y + m2.y + m0.z),
    blend(m2.y + m0.z + m1.w, m1.z + m2.z + m0.w), blend(m2.z + m0.w + r1, m1.w + m2.w + r0));
  return Line(even, odd);
}

// f[k], zero outside.
fn fir(k: i32) -> f32 { return select(select(0.0, 0.25, k == 0 || k == 3), 0.75, k == 1 || k == 2); }

// A pair's columns, and their part in each row of the block.
struct Pair { line: Line, f: vec4f }

// Pair (dp, a) of those that reach the block, (−1, 1), (−1, 2), (0, 0) .. (1, 2), (2, 0), (2, 1): numbers 1 to 10.
fn pair_at(pair: i32, s: Source) -> Pair {
  let third = (pair * 11) >> 5; // pair / 3, which a CPU does lane by lane
  let dp = third - 1;
  let a = pair - 3 * third;
  let row = s.p + dp;
  let height = i32(params.height);
  let inside = select(0.0, 1.0, row >= 0 && row < height);
  let line = horizontal(s.channel + u32(clamp(row, 0, height - 1)) * s.width + u32(a) * 3 * s.stride + s.q, s);
  let k = 2 * dp + a + 1;
  return Pair(line, inside * vec4f(fir(k), fir(k - 1), fir(k - 2), fir(k - 3)));
}

// Sums and two pairs more.
fn add(s: vec4f, v: vec4f, f: f32, w: vec4f, g: f32) -> vec4f {
  return vec4f(s.x + v.x * f + w.x * g, s.y + v.y * f + w.y * g, s.z + v.z * f + w.z * g, s.w + v.w * f + w.w * g);
}
fn add_line(s: Line, v: Line, f: f32, w: Line, g: f32) -> Line {
  return Line(add(s.even, v.even, f, w.even, g), add(s.odd, v.odd, f, w.odd, g));
}

// What a channel's pixels share; `first` of y, in vec4.
struct Channel { first: u32, scale: f32, bias: f32, slope: f32 }

// Writes four columns of y, vector `at` of the channel.
fn finish(sums: vec4f, c: Channel, at: u32) {
  var v = sums * c.scale + c.bias;
  if (NOISE) { v += noise[at]; }
  y[c.first + at] = select(v * c.slope, v, v >= vec4f()) * params.gain;
}

// Writes eight columns of row `row`; nothing below the edge.
fn finish_row(line: Line, c: Channel, row: u32, q: u32) {
  let at = row * params.width / 2 + 2 * q;
  if (row < 2 * params.height) {
    finish(vec4f(line.even.x, line.odd.x, line.even.y, line.odd.y), c, at);
    finish(vec4f(line.even.z, line.odd.z, line.even.w, line.odd.w), c, at + 1);
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let across = params.width / 4;
  let cells = (params.rows + 1) / 2 * across;
  if (index >= params.out_channels * cells) { return; }
  let o = index / cells;
  let cell = index - o * cells;
  let row = cell / across;
  let q = cell - row * across;
  let p = 2 * row + params.top;
  let c = Channel(o * params.height * params.width, scale_of(o), bias_of(o), slope_of(o));

  let padded = params.padded_pixels / 4;
  let channel = o * padded - params.first_row * across; // may wrap; a row's offset takes it back
  let source = Source(channel, params.out_channels * padded, across, i32(p), q);
  var sums: Block;
  for (var pair = 1; pair < 11; pair += 2) {
    let v = pair_at(pair, source);
    let w = pair_at(pair + 1, source);
    sums.r0 = add_line(sums.r0, v.line, v.f.x, w.line, w.f.x);
    sums.r1 = add_line(sums.r1, v.line, v.f.y, w.line, w.f.y);
    sums.r2 = add_line(sums.r2, v.line, v.f.z, w.line, w.f.z);
    sums.r3 = add_line(sums.r3, v.line, v.f.w, w.line, w.f.w);
  }
  finish_row(sums.r0, c, 2 * p, q);
  finish_row(sums.r1, c, 2 * p + 1, q);
  finish_row(sums.r2, c, 2 * p + 2, q);
  finish_row(sums.r3, c, 2 * p + 3, q);
}
