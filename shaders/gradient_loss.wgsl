// gradientLoss, rows: with d = x − target, s[r] = Σ_x (d[r, x + 1] − d[r, x])² + (d[r + 1, x] − d[r, x])², neighbours inside the
// picture alone; r runs over all rows of all channels. One workgroup a row.

struct Params {
  rows: u32, // C · H
  height: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // target [C, H, W]
@group(0) @binding(3) var<storage, read_write> sums: array<f32>; // s [C · H]

alias Partial = f32;

fn difference(at: u32) -> f32 {
  return x[at] - wanted[at];
}

fn part_of(row: u32, local: u32) -> f32 {
  let first = row * params.width;
  let is_last = row % params.height == params.height - 1;
  var sum = 0.0;
  for (var i = local; i < params.width; i += WORKGROUP_SIZE) {
    let here = difference(first + i);
    if (i + 1 < params.width) {
      let across = difference(first + i + 1) - here;
      sum += across * across;
    }
    if (!is_last) {
      let down = difference(first + params.width + i) - here;
      sum += down * down;
    }
  }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local == 0) { sums[row] = sum; }
}
