// Ceiling of memory: copied[i] = source[i], 16 bytes read and 16 written an element, neighbours to neighbours.
// source and copied are [count] of vec4f. An invocation copies PER_INVOCATION elements, a whole grid apart, so that at every
// moment neighbouring invocations touch neighbouring addresses; on CPU adapters more of them hide the cost of an invocation.

struct Params {
  count: u32,
}

override WORKGROUP_SIZE: u32 = 64;
override PER_INVOCATION: u32 = 1;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> copied: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = groups.x * WORKGROUP_SIZE;
  var i = id.x + id.y * row;
  for (var k = 0u; k < PER_INVOCATION; k++) {
    if (i >= params.count) { return; }
    copied[i] = source[i];
    i += row * groups.y;
  }
}
