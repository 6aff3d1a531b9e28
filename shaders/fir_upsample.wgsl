// firUpsample: y = x zero-inserted ×2, padded (2, 1), filtered with [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64.
// Along one axis: y[2p] = x[p − 1]/4 + 3 x[p]/4 and y[2p + 1] = 3 x[p]/4 + x[p + 1]/4.
// x [C, H, W], y [C, 2H, 2W]. One invocation computes one element of y from four of x.

struct Params {
  channels: u32,
  height: u32, // of x
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// x[c, row, column], zero outside.
fn x_at(c: u32, row: i32, column: i32) -> f32 {
  if (row < 0 || column < 0 || row >= i32(params.height) || column >= i32(params.width)) { return 0; }
  return x[(c * params.height + u32(row)) * params.width + u32(column)];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = 4 * params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let c = index / pixels;
  let row = index % pixels / (2 * params.width);
  let column = index % (2 * params.width);
  let p = i32(row / 2);
  let q = i32(column / 2);
  let side_p = select(p - 1, p + 1, row % 2 == 1); // the neighbour that weighs 1/4
  let side_q = select(q - 1, q + 1, column % 2 == 1);
  let near = 0.75 * x_at(c, p, q) + 0.25 * x_at(c, p, side_q);
  let far = 0.75 * x_at(c, side_p, q) + 0.25 * x_at(c, side_p, side_q);
  y[index] = 0.75 * near + 0.25 * far;
}
