// ssimRows, backward: dx[c, i, j] = scale · Σ_t w[t] · (g₀ + 2a · g₁ + b · g₂)(c, i, j − t), where g₀, g₁, g₂ are the
// gradients to the sums of a, a² and a·b; those of the other picture alone have none. One invocation a pixel.
// See ssim_pictures.

@group(0) @binding(3) var<storage, read> dsums: array<f32>; // g [3, C, H, out_width]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [C, H, W]

fn gradients(row: u32, column: u32, tap: u32) -> vec3f {
  if (column < tap || column - tap >= params.out_width) { return vec3f(); }
  let count = params.rows * params.out_width;
  let at = row * params.out_width + column - tap;
  return vec3f(dsums[at], dsums[count + at], dsums[2 * count + at]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.width) { return; }
  let row = index / params.width;
  let column = index % params.width;
  var sum = vec3f();
#for TAP in TAPS
  sum += WEIGHTS[{{TAP}}] * gradients(row, column, {{TAP}});
#end
  let both = values(index);
  dx[index] = params.scale * (sum.x + 2 * both.x * sum.y + both.y * sum.z);
}
