// Sums over neighbouring invocations through workgroup memory, halving their number at every turn.
// Needs `alias Partial` (f32 or a vector) and `const WORKGROUP_SIZE`. Every invocation of the workgroup must call it.

var<workgroup> partial: array<Partial, WORKGROUP_SIZE>;

// Sum of `value` over `lanes` neighbours, a power of two; right in the first of them.
fn tree_sum(value: Partial, local: u32, lanes: u32) -> Partial {
  partial[local] = value;
  for (var stride = lanes / 2; stride > 0; stride /= 2) {
    workgroupBarrier();
    if (local % lanes < stride) { partial[local] += partial[local + stride]; }
  }
  return partial[local];
}

// Sum of `value` over the whole workgroup, for every invocation.
fn tree_sum_for_all(value: Partial, local: u32) -> Partial {
  _ = tree_sum(value, local, WORKGROUP_SIZE);
  workgroupBarrier();
  return partial[0];
}
