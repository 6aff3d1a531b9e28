// nearestResize, backward: dx[c, y, x] = Σ dy over the pixels that were taken from (y, x).
// One invocation a pixel of a channel.

@group(0) @binding(1) var<storage, read> dy: array<f32>; // [C, h, w]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [C, H, W]

// The first of `size_out` pixels that is taken from pixel `at` of `size` or a later one.
fn first_taker(at: u32, size: u32, size_out: u32) -> u32 { return (at * size_out + size - 1) / size; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let y = index % pixels / params.width;
  let x = index % params.width;
  let bottom = first_taker(y + 1, params.height, params.out_height);
  let right = first_taker(x + 1, params.width, params.out_width);
  var sum = 0.0;
  for (var row = first_taker(y, params.height, params.out_height); row < bottom; row++) {
    for (var column = first_taker(x, params.width, params.out_width); column < right; column++) {
      sum += dy[(index / pixels * params.out_height + row) * params.out_width + column];
    }
  }
  dx[index] = sum;
}
