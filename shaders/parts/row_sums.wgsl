// One workgroup a row: its invocations take every 64th element of the row each and add up through workgroup memory.
// Needs tree_sum and its `alias Partial`; `params.rows`; `part_of(row, local)`, an invocation's part of the sum, and
// `finish(row, sum, local)`, what becomes of the sum, which every invocation gets.

const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.x + group.y * workgroups.x;
  let inside = row < params.rows;
  var part = Partial();
  if (inside) { part = part_of(row, local); }
  let sum = tree_sum_for_all(part, local);
  if (inside) { finish(row, sum, local); }
}
