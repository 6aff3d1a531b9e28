// conv2d as one matrix product a group, first part ("im2col"): columns[i, ky, kx, p] = the input that tap (ky, kx) of output pixel p
// reads: x[i, p·stride + k − padding] · in_scale[i] + in_shift[i], zero outside the picture.
// x [I, H, W]; columns [I·k·k, P′] with P′ = OH·OW rounded up to whole blocks.
// batched_product multiplies it with w [groups, I/groups·k·k, O/groups], conv2d_epilogue finishes. Up-convolutions take single
// pixels (k = 1) of a strip of rows.
// One invocation copies all taps of one channel at four neighbouring pixels, so that indices are divided once for four and they are
// written in vec4. Taps past the last pixel repeat it. It always loads: a CPU pays more for a branch than for a load.

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
  padded_pixels: u32, // P′, a multiple of 4
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> columns: array<vec4<{{ELEMENT}}>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let height = i32(params.height); // copies, since a CPU reads a uniform like any other memory
  let width = i32(params.width);
  let out_width = params.out_width;
  let kernel = i32(params.kernel);
  let row_quads = params.padded_pixels / 4;
  if (index >= params.in_channels * row_quads) { return; }
  let i = index / row_quads;
  let quad = index - i * row_quads;
  let pixels = min(vec4u(4 * quad) + vec4u(0, 1, 2, 3), vec4u(params.out_height * out_width - 1));
  let out_row = pixels / out_width;
  let top = vec4i(out_row * params.stride) + params.first_row;
  let left = vec4i((pixels - out_row * out_width) * params.stride) - i32(params.padding);
  let scale = in_scale(i);
  let shift = in_shift(i);

  let picture = i32(i) * height * width;
  var at = i * u32(kernel * kernel) * row_quads + quad;
  for (var ky = 0; ky < kernel; ky++) {
    let row = top + ky;
    let inside_row = (row >= vec4i()) & (row < vec4i(height));
    let first = picture + clamp(row, vec4i(), vec4i(height - 1)) * width;
    for (var kx = 0; kx < kernel; kx++) {
      let column = left + kx;
      let inside = inside_row & (column >= vec4i()) & (column < vec4i(width));
      let source = first + clamp(column, vec4i(), vec4i(width - 1));
      let value = vec4f(x[source.x], x[source.y], x[source.z], x[source.w]) * scale + shift;
      columns[at] = vec4<{{ELEMENT}}>(select(vec4f(), value, inside));
      at += row_quads;
    }
  }
}
