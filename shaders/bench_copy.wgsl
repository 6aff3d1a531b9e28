// Ceiling of memory: copied[i] = source[i], 16 bytes read and 16 written an element, neighbours to neighbours.
// One invocation an element of source and copied [count] of vec4f; grid folded into y, see `linearGrid`.

struct Params {
  count: u32,
}

override WORKGROUP_SIZE: u32 = 64;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> copied: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.count) { return; }
  copied[i] = source[i];
}
