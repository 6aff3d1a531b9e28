// y[c, i, j] = mean of x[c, y0..y1, x0..x1] with y0 = ⌊i·H/h⌋, y1 = ⌈(i+1)·H/h⌉ (PyTorch's adaptive average pooling), columns alike.
//
// x [C, H, W]; the pooled picture is [C, h, w], of which rows first_row … first_row + rows are kept: y [C, rows, w].
// One invocation an output element.

struct Params {
  channels: u32,
  height: u32, // H
  width: u32, // W
  pooled_height: u32, // h
  pooled_width: u32, // w
  first_row: u32,
  rows: u32,
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [C, rows, w]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let at = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (at >= params.channels * params.rows * params.pooled_width) {
    return;
  }
  let j = at % params.pooled_width;
  let i = (at / params.pooled_width) % params.rows + params.first_row;
  let channel = at / (params.pooled_width * params.rows);
  let y0 = i * params.height / params.pooled_height;
  let y1 = ((i + 1) * params.height + params.pooled_height - 1) / params.pooled_height;
  let x0 = j * params.width / params.pooled_width;
  let x1 = ((j + 1) * params.width + params.pooled_width - 1) / params.pooled_width;
  var sum = 0.0;
  for (var y = y0; y < y1; y++) {
    let row = (channel * params.height + y) * params.width;
    for (var x = x0; x < x1; x++) {
      sum += input[row + x];
    }
  }
  output[at] = sum / f32((y1 - y0) * (x1 - x0));
}
