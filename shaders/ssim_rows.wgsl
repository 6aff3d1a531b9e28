// SSIM, first half of its window means: sums along rows of two pictures, their squares and their product,
// m[k, c, i, j] = Σ_t w[t] · f_k(c, i, j + t), f = a, b, a², b², a·b, with a = scale · x + shift and b likewise from the other
// picture. One invocation a window of a row: it reads both pictures once for all five. See ssim_pictures.

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
    let both = values(first + {{TAP}});
    means += WEIGHTS[{{TAP}}] * both;
    squares += WEIGHTS[{{TAP}}] * vec3f(both * both, both.x * both.y);
  }
#end
  sums[index] = means.x;
  sums[count + index] = means.y;
  sums[2 * count + index] = squares.x;
  sums[3 * count + index] = squares.y;
  sums[4 * count + index] = squares.z;
}
