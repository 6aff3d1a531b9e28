// sumParts: w[i, tap, o] (+)= Σ_s m[s, (tap, i), (tap, o)], a filter's gradient from the products of its strips of pixels; taps count
// among the rows of m or among its columns, whichever side has them. Both count channels in fours; rows and columns of m may be more.
// w is part of a larger tensor: element (i · taps + tap) · row_step + o from `offset` on. One invocation sums four neighbouring
// columns.

struct Params {
  parts: u32,
  in_channels: u32, // I
  out_channels: u32, // O
  row_taps: u32, // one of these is 1
  column_taps: u32,
  padded_rows: u32, // of m
  padded_quads: u32, // columns of m / 4
  offset: u32,
  row_step: u32,
  keep: u32, // 1: what w holds is added to
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> products: array<vec4f>; // m [parts, padded rows, padded quads]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // w

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let out_quads = (params.out_channels + 3) / 4;
  let quads = params.column_taps * out_quads;
  if (index >= params.row_taps * params.in_channels * quads) { return; }
  let column = index % quads;
  let o = column % out_quads * 4;
  let i = index / quads % params.in_channels;
  let row_tap = index / quads / params.in_channels;
  let row = row_tap * ((params.in_channels + 3) / 4 * 4) + i;
  var sum = vec4f();
  for (var part = 0u; part < params.parts; part++) {
    sum += products[(part * params.padded_rows + row) * params.padded_quads + column];
  }
  let tap = row_tap + column / out_quads;
  let place = params.offset + (i * params.row_taps * params.column_taps + tap) * params.row_step + o;
  for (var n = 0u; n < min(4, params.out_channels - o); n++) {
    var value = sum[n];
    if (params.keep == 1) { value += output[place + n]; }
    output[place + n] = value;
  }
}
