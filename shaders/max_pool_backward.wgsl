// maxPool, backward: dx[c, y, x] = Σ dy over the windows whose first largest pixel this is; they are searched again.
// One invocation a pixel of a channel.

@group(0) @binding(2) var<storage, read> dy: array<f32>; // [C, OH, OW]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [C, H, W]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let c = index / pixels;
  let y = index % pixels / params.width + params.padding;
  let x = index % params.width + params.padding;
  let lead = params.kernel - 1;
  let last_row = min(y / params.stride, params.out_height - 1);
  let last_column = min(x / params.stride, params.out_width - 1);
  var sum = 0.0;
  for (var row = (max(y, lead) - lead + params.stride - 1) / params.stride; row <= last_row; row++) {
    for (var column = (max(x, lead) - lead + params.stride - 1) / params.stride; column <= last_column; column++) {
      if (winner(c, row, column) == index % pixels) {
        sum += dy[(c * params.out_height + row) * params.out_width + column];
      }
    }
  }
  dx[index] = sum;
}
