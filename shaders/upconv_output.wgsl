// upConv as one matrix product, last part: y = act(FIR(T)[o] · out_scale[o] + bias[o] + noise) · gain, with the transposed
// convolution T[o, 2p + a, 2q + b] += products[a, b, o, (p, q)] (stride 2, no padding) and the FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64,
// padding (1, 1), so that y is [O, 2H, 2W]. T is never stored.
// products [3·3·O, P′]: what each weight makes of each pixel, a strip of rows from first_row on; y rows 2·top .. 2·(top + rows) − 1.
// With f = [1, 3, 3, 1] / 4, along one axis y[2p + φ] = Σ_dp,a f[2dp + a − φ + 1] · products[a, p + dp].
// One invocation makes 4 × 8 pixels of y from the pixels (p, q) .. (p + 1, q + 3) and their neighbours: products, y and noise go in
// vec4, the neighbours' columns one by one. A loop over the ten pairs (dp, a), two a turn, keeps the code small.

struct Params {
  out_channels: u32,
  height: u32, // of the whole input
  width: u32, // of the input, a multiple of 4
  first_row: u32, // of the products
  top: u32, // first input row of the dispatch, even
  rows: u32, // input rows of the dispatch
  padded_pixels: u32, // P′
  out_scale: u32, // see vec4_epilogue
  bias: u32,
  slopes: u32,
  slope: f32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> products: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

// Eight neighbouring columns of y, even and odd ones.
struct Line {
  even: vec4f,
  odd: vec4f,
}

// What the sums of a block are made from, in vec4.
struct Source {
  channel: u32, // where row 0 of the picture would be in the products
  stride: u32, // between channels b
  width: u32,
  p: i32,
  q: u32,
}

fn blend(outer: f32, inner: f32) -> f32 { return 0.25 * outer + 0.75 * inner; }

// Eight columns before the vertical sum, from vector `at` of the channels b. Component by component: see batched_product_quads.
fn horizontal(at: u32, source: Source) -> Line {
  let right = source.q + 1 < source.width;
  let before = max(at, 1) - 1;
  let b0 = products[at];
  let b1 = products[at + source.stride];
  let b2 = products[at + 2 * source.stride];
  let left1 = select(0.0, products[before + source.stride].w, source.q > 0);
  let left2 = select(0.0, products[before + 2 * source.stride].w, source.q > 0);
  let right0 = select(0.0, products[at + 1].x, right);
  let right1 = select(0.0, products[at + source.stride + 1].x, right);
  let even = vec4f(
    blend(left1 + b2.x + b0.y, left2 + b0.x + b1.x),
    blend(b1.x + b2.y + b0.z, b2.x + b0.y + b1.y),
    blend(b1.y + b2.z + b0.w, b2.y + b0.z + b1.z),
    blend(b1.z + b2.w + right0, b2.z + b0.w + b1.w));
  let odd = vec4f(
    blend(left2 + b0.x + b1.y, b1.x + b2.x + b0.y),
    blend(b2.x + b0.y + b1.z, b1.y + b2.y + b0.z),
    blend(b2.y + b0.z + b1.w, b1.z + b2.z + b0.w),
    blend(b2.z + b0.w + right1, b1.w + b2.w + right0));
  return Line(even, odd);
}

// f[k], zero outside.
fn fir(k: i32) -> f32 { return select(select(0.0, 0.25, k == 0 || k == 3), 0.75, k == 1 || k == 2); }

// A pair's columns, and their part in each of the four rows of the block.
struct Pair {
  line: Line,
  parts: vec4f,
}

// Pair (dp, a) of those that reach the block, (−1, 1), (−1, 2), (0, 0) .. (1, 2), (2, 0), (2, 1): numbers 1 to 10.
fn pair_at(pair: i32, source: Source) -> Pair {
  let third = (pair * 11) >> 5; // pair / 3, which a CPU does lane by lane
  let dp = third - 1;
  let a = pair - 3 * third;
  let row = source.p + dp;
  let height = i32(params.height);
  let inside = select(0.0, 1.0, row >= 0 && row < height);
  let first = source.channel + u32(clamp(row, 0, height - 1)) * source.width + u32(a) * 3 * source.stride;
  let line = horizontal(first + source.q, source);
  let k = 2 * dp + a + 1;
  return Pair(line, inside * vec4f(fir(k), fir(k - 1), fir(k - 2), fir(k - 3)));
}

// Sums and two terms more.
fn add(sum: vec4f, value: vec4f, part: f32, next: vec4f, next_part: f32) -> vec4f {
  return vec4f(
    sum.x + value.x * part + next.x * next_part,
    sum.y + value.y * part + next.y * next_part,
    sum.z + value.z * part + next.z * next_part,
    sum.w + value.w * part + next.w * next_part);
}
fn add_line(sums: Line, line: Line, part: f32, next: Line, next_part: f32) -> Line {
  return Line(add(sums.even, line.even, part, next.even, next_part), add(sums.odd, line.odd, part, next.odd, next_part));
}

// Writes eight columns of row `row`; nothing below the edge.
fn finish_row(line: Line, channel: Channel, row: u32, q: u32) {
  if (row >= 2 * params.height) { return; }
  let at = row * params.width / 2 + 2 * q;
  finish(vec4f(line.even.x, line.odd.x, line.even.y, line.odd.y), channel, at);
  finish(vec4f(line.even.z, line.odd.z, line.even.w, line.odd.w), channel, at + 1);
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
  let channel = channel_of(o, o * params.height * params.width);

  let padded = params.padded_pixels / 4;
  let first = o * padded - params.first_row * across; // may wrap; a row's offset takes it back
  let source = Source(first, params.out_channels * padded, across, i32(p), q);
  var sums: array<Line, 4>; // rows of the block
  for (var number = 1; number < 11; number += 2) {
    let pair = pair_at(number, source);
    let next = pair_at(number + 1, source);
    #for R in 4
    sums[{{R}}] = add_line(sums[{{R}}], pair.line, pair.parts[{{R}}], next.line, next.parts[{{R}}]);
    #end
  }
  #for R in 4
  finish_row(sums[{{R}}], channel, 2 * p + {{R}}, q);
  #end
}
