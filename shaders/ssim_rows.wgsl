// SSIM, first half of its window means: sums along rows of two pictures, their squares and their product,
// m[k, c, i, j] = Σ_t w[t] · f_k(c, i, j + t), f = a, b, a², b², a·b, with a = scale · x + shift and b likewise from the other picture.
// One invocation a window of a row: it reads both pictures once for all five.

struct Params {
  rows: u32, // C · H
  width: u32,
  out_width: u32, // W − taps + 1
  scale: f32,
  shift: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // the other picture [C, H, W]
@group(0) @binding(3) var<storage, read_write> sums: array<f32>; // m [5, C, H, out_width]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let count = params.rows * params.out_width;
  if (index >= count) { return; }
  let first = index / params.out_width * params.width + index % params.out_width;
  var means = vec2f();
  var squares = vec3f();
#for TAP in TAPS
  {
    let a = params.scale * x[first + {{TAP}}] + params.shift;
    let b = params.scale * wanted[first + {{TAP}}] + params.shift;
    means += WEIGHTS[{{TAP}}] * vec2f(a, b);
    squares += WEIGHTS[{{TAP}}] * vec3f(a * a, b * b, a * b);
  }
#end
  sums[index] = means.x;
  sums[count + index] = means.y;
  sums[2 * count + index] = squares.x;
  sums[3 * count + index] = squares.y;
  sums[4 * count + index] = squares.z;
}
