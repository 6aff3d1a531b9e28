// ssimRows, backward: dx[c, i, j] = scale · Σ_t w[t] · (g₀ + 2a · g₁ + b · g₂)(c, i, j − t), where g₀, g₁, g₂ are the gradients to the sums
// of a, a² and a·b; those of the other picture alone have none. One invocation a pixel.

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
  let a = params.scale * x[index] + params.shift;
  let b = params.scale * wanted[index] + params.shift;
  dx[index] = params.scale * (sum.x + 2 * a * sum.y + b * sum.z);
}
