// What the kernels of stridedProduct read and how it lies: operand a in single numbers; operand b, bias and result are the kernel's.
struct Params {
  batches: u32,
  rows: u32,
  columns: u32,
  depth: u32,
  a_first: u32,
  a_batch: u32, // step between batches
  a_row: u32,
  a_depth: u32,
  b_first: u32,
  b_batch: u32,
  b_depth: u32,
  b_column: u32,
  y_batch: u32,
  y_row: u32,
  y_column: u32,
  has_bias: u32,
  factor: f32,
}

override KEEP: u32; // 1: what y holds is added to

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // left operand
