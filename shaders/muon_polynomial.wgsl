// Muon, a turn of Newton and Schulz: q = a I + b G + c G², by which t is multiplied next; G = tᵀ t.
// One invocation an element.

struct Params {
  side: u32,
  a: f32,
  b: f32,
  c: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gram: array<f32>; // G [side, side]
@group(0) @binding(2) var<storage, read> square: array<f32>; // G²
@group(0) @binding(3) var<storage, read_write> polynomial: array<f32>; // q

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.side * params.side) { return; }
  let diagonal = select(0.0, params.a, index / params.side == index % params.side);
  polynomial[index] = diagonal + params.b * gram[index] + params.c * square[index];
}
