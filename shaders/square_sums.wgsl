// squareSums: s[first + r] = Σ a², a sum for every run of `length` elements of a; the last run may be shorter.
// What a norm of many tensors is made of. One workgroup a run.

struct Params {
  rows: u32, // runs
  count: u32, // elements of a
  length: u32,
  first: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [count]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // s

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  let first = row * params.length;
  let end = min(first + params.length, params.count);
  var sum = 0.0;
  for (var i = first + local; i < end; i += WORKGROUP_SIZE) { sum += a[i] * a[i]; }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local == 0) { sums[params.first + row] = sum; }
}
