// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r]: the last map of a layer's refinement block, applied to its summed code,
// for heads too large for any cache.
//
// W [rows, z], Δ [rows] = [out, in]; the state is in parts/layer_head.
// A matrix-vector product bound by reading W: the workgroup keeps the code in workgroup memory, LANES invocations read a
// weight row together (a 128-byte line each time), and every one of them reads two lines of two rows at once: four reads in flight.

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const LANES = {{LANES}}u; // invocations that share a row, a power of two
const TILE = {{TILE}}u; // vectors of the code kept at a time
alias Partial = vec2f; // of two rows

var<workgroup> codes: array<Vector, TILE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let slots = WORKGROUP_SIZE / LANES;
  let lane = local % LANES;
  let row = (group.y * groups.x + group.x) * slots * 2 + local / LANES; // and row + slots
  let first = params.state_row * (params.z + 1);
  // Rows past the end read row 0 and are not stored.
  let near_row = select(0, row, row < params.rows) * params.columns;
  let far_row = select(0, row + slots, row + slots < params.rows) * params.columns;

  var near_sum = Vector();
  var far_sum = Vector();
  for (var start = 0u; start < params.columns; start += TILE) {
    let count = min(TILE, params.columns - start);
    workgroupBarrier();
    for (var i = local; i < count; i += WORKGROUP_SIZE) { codes[i] = code_at(first + (start + i) * {{WIDTH}}); }
    workgroupBarrier();
    for (var i = lane; i < count; i += 2 * LANES) {
      let j = min(i + LANES, count - 1);
      let near = weight_at(near_row + start + i); // all four before the first is waited for
      let near_next = weight_at(near_row + start + j);
      let far = weight_at(far_row + start + i);
      let far_next = weight_at(far_row + start + j);
      let next = codes[j] * select(0.0, 1.0, i + LANES < count);
      near_sum += near * codes[i] + near_next * next;
      far_sum += far * codes[i] + far_next * next;
    }
  }
  let sums = tree_sum(vec2f(total(near_sum), total(far_sum)), local, LANES);
  if (lane != 0) { return; }
  store(row, sums.x);
  store(row + slots, sums.y);
}
