// sumParts: w[r, c] (+)= Σ_s m[s, r, c], without the rows and columns that m is padded by: a filter's gradient from the products of its
// strips of pixels. It goes to offset + r · row_step + (c / inner) · outer_step + c % inner: a part of a larger tensor where columns are
// taps of some of the channels. One invocation an element.

struct Params {
  parts: u32,
  rows: u32,
  columns: u32,
  padded_rows: u32,
  padded_columns: u32,
  offset: u32,
  row_step: u32,
  inner: u32,
  outer_step: u32,
  keep: u32, // 1: what w holds is added to
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> products: array<f32>; // m [parts, padded rows, padded columns]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // w

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.columns) { return; }
  let at = index / params.columns * params.padded_columns + index % params.columns;
  var sum = 0.0;
  for (var part = 0u; part < params.parts; part++) {
    sum += products[part * params.padded_rows * params.padded_columns + at];
  }
  let c = index % params.columns;
  let place = index / params.columns * params.row_step + c / params.inner * params.outer_step + c % params.inner;
  if (params.keep == 1) { sum += output[params.offset + place]; }
  output[params.offset + place] = sum;
}
