// rollSums: s[0, y] = Σ_x n[y, x] · n[y, x + 1] and s[1, y] = Σ_x n[y, x] · n[y + 1, x], wrapping: how a noise map resembles itself
// one pixel further. One workgroup a row.

struct Params {
  height: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> noise: array<f32>; // [H, W]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // s [2, H]

alias Partial = f32; // of parts/tree_sum
const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.x + group.y * workgroups.x;
  let inside = row < params.height;
  var across = 0.0;
  var down = 0.0;
  if (inside) {
    let first = row * params.width;
    let below = (row + 1) % params.height * params.width;
    for (var x = local; x < params.width; x += WORKGROUP_SIZE) {
      across += noise[first + x] * noise[first + (x + 1) % params.width];
      down += noise[first + x] * noise[below + x];
    }
  }
  let all_across = tree_sum_for_all(across, local);
  workgroupBarrier();
  let all_down = tree_sum_for_all(down, local);
  if (local != 0 || !inside) { return; }
  sums[row] = all_across;
  sums[params.height + row] = all_down;
}
