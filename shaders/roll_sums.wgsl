// rollSums: s[0, y] = Σ_x n[y, x] · n[y, x + 1] and s[1, y] = Σ_x n[y, x] · n[y + 1, x], wrapping: how a noise map resembles itself
// one pixel further. One workgroup a row.

struct Params {
  rows: u32, // H
  width: u32, // W
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> noise: array<f32>; // [H, W]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // s [2, H]

alias Partial = vec2f; // across, down

fn part_of(row: u32, local: u32) -> vec2f {
  let first = row * params.width;
  let below = (row + 1) % params.rows * params.width;
  var sum = vec2f();
  for (var x = local; x < params.width; x += WORKGROUP_SIZE) {
    sum += noise[first + x] * vec2f(noise[first + (x + 1) % params.width], noise[below + x]);
  }
  return sum;
}

fn finish(row: u32, sum: vec2f, local: u32) {
  if (local != 0) { return; }
  sums[row] = sum.x;
  sums[params.rows + row] = sum.y;
}
