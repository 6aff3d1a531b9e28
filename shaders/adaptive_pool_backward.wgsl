// adaptivePool and globalPool, backward: dx[c, y, x] = Σ dy / bin size over the pooled pixels whose bin has (y, x).
// Bin i of h over H pixels: floor(i · H / h) to ceil((i + 1) · H / h). One invocation a pixel of a channel.

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  pooled_height: u32,
  pooled_width: u32,
  first_row: u32, // of the pooled picture that dy has
  rows: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // [C, rows, pooled width]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [C, H, W]

// The first and last bin that have pixel `at`, of `bins` over `size` pixels, and how many pixels bin `i` has.
fn first_bin(at: u32, size: u32, bins: u32) -> u32 { return at * bins / size; }
fn last_bin(at: u32, size: u32, bins: u32) -> u32 { return ((at + 1) * bins + size - 1) / size - 1; }
fn bin_size(i: u32, size: u32, bins: u32) -> u32 { return ((i + 1) * size + bins - 1) / bins - i * size / bins; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let c = index / pixels;
  let y = index % pixels / params.width;
  let x = index % params.width;
  let top = max(first_bin(y, params.height, params.pooled_height), params.first_row);
  let bottom = min(last_bin(y, params.height, params.pooled_height), params.first_row + params.rows - 1);
  let right = last_bin(x, params.width, params.pooled_width);
  var sum = 0.0;
  for (var row = top; row <= bottom; row++) {
    for (var column = first_bin(x, params.width, params.pooled_width); column <= right; column++) {
      let size = bin_size(row, params.height, params.pooled_height) * bin_size(column, params.width, params.pooled_width);
      sum += dy[(c * params.rows + row - params.first_row) * params.pooled_width + column] / f32(size);
    }
  }
  dx[index] = sum;
}
