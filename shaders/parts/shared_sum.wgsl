// Sums that several invocations of a workgroup share, through workgroup memory. Needs `alias Partial` and `const WORKGROUP_SIZE`.

var<workgroup> parts: array<Partial, WORKGROUP_SIZE>;

// The sum of the parts of all invocations that have the same result, every `own`-th. Every invocation of the workgroup must call it.
fn shared_sum(part: Partial, local: u32, own: u32) -> Partial {
  parts[local] = part;
  workgroupBarrier();
  var sum = Partial();
  for (var other = local % own; other < WORKGROUP_SIZE; other += own) { sum += parts[other]; }
  return sum;
}
