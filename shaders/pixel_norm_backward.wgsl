// pixelNorm, backward: dx = r · (dy − x · r² · mean(dy · x)), r = rsqrt(mean(x²) + ε), each row for itself.
// One workgroup a row.

struct Params {
  rows: u32,
  n: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [rows, n]
@group(0) @binding(2) var<storage, read> dy: array<f32>; // [rows, n]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [rows, n]

alias Partial = vec2f; // Σ x², Σ dy · x

fn part_of(row: u32, local: u32) -> vec2f {
  let first = row * params.n;
  var sum = vec2f();
  for (var i = local; i < params.n; i += WORKGROUP_SIZE) { sum += x[first + i] * vec2f(x[first + i], dy[first + i]); }
  return sum;
}

fn finish(row: u32, sum: vec2f, local: u32) {
  let first = row * params.n;
  let means = sum / f32(params.n);
  let r = inverseSqrt(means.x + params.epsilon);
  for (var i = local; i < params.n; i += WORKGROUP_SIZE) {
    dx[first + i] = r * (dy[first + i] - x[first + i] * r * r * means.y);
  }
}
