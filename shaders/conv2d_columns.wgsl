// conv2d as one matrix product a group, first part ("im2col"): c[i, ky, kx, p] = the input that tap (ky, kx) of output pixel p
// reads: x[i, p·stride + k − padding] · in_scale[i] + in_shift[i], zero outside the picture.
// x [I, H, W]; c [I·k·k, P′] with P′ = OH·OW rounded up to whole blocks; what is past OH·OW is left as it was.
// batched_product multiplies it with w [groups, I/groups·k·k, O/groups], conv2d_epilogue finishes. Up-convolutions take single
// pixels (k = 1) of a strip of rows.
// One invocation copies all taps of one channel at one pixel; neighbours differ in p, so c is written in rows.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32, // to the left
  first_row: i32, // of x that the first output row reads, e.g. −padding
  padded_pixels: u32, // P′
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read> shifts: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<{{ELEMENT}}>;

override IN_SCALE: bool = false;
override IN_SHIFT: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.in_channels * pixels) { return; }
  let i = index / pixels;
  let p = index - i * pixels;
  let out_row = p / params.out_width;
  let top = i32(out_row * params.stride) + params.first_row;
  let left = i32((p - out_row * params.out_width) * params.stride) - i32(params.padding);
  var scale = 1.0;
  var shift = 0.0;
  if (IN_SCALE) { scale = scales[params.in_scale + i]; }
  if (IN_SHIFT) { shift = shifts[params.in_shift + i]; }

  let picture = i32(i * params.height);
  var at = i * params.kernel * params.kernel * params.padded_pixels + p;
  for (var row = top; row < top + i32(params.kernel); row++) {
    let first = (picture + row) * i32(params.width);
    for (var column = left; column < left + i32(params.kernel); column++) {
      var value = 0.0;
      // negative positions wrap around to large ones
      if (u32(row) < params.height && u32(column) < params.width) { value = x[first + column] * scale + shift; }
      c[at] = {{ELEMENT}}(value);
      at += params.padded_pixels;
    }
  }
}
