// Sizes of a convolution of any kernel, stride, padding and number of groups, and its main bindings but the filters (7).
// x [I, H, W]; w [groups, I/groups, k, k, O/groups]; y [O, OH, OW], or [S, O, OH, OW] where S parts of each sum are left.

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
  part_terms: u32, // of the I/groups·k·k terms of a sum, those that one part adds up
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
  out_scale: u32,
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> x: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;
