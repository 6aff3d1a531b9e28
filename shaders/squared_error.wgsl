// mean (a − b)²: first pass, many workgroups, each leaves a partial sum; second pass, one workgroup adds those up.
//
// a, b [n]; it reads the partial sums as a. Invocations stride over the elements and add up through workgroup memory.

struct Params {
  n: u32, // elements this pass reads
  last: u32, // 1 in the second pass
  scale: f32, // of the sum: 1 in the first pass, 1 / elements in the second
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u; // a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // [workgroups]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let last = params.last == 1; // no branch: lavapipe would specialise the shader on it, anew at each dispatch
  var sum = 0.0;
  for (var i = group.x * WORKGROUP_SIZE + local; i < params.n; i += groups.x * WORKGROUP_SIZE) {
    let difference = a[i] - select(b[i], 0, last);
    sum += difference * select(difference, 1, last);
  }
  sum = tree_sum(sum, local, WORKGROUP_SIZE);
  if (local == 0) {
    output[group.x] = sum * params.scale;
  }
}
