// ssimProduct, backward: the gradient of the mean over groups to every statistic; where a mean is not above 0 there is none.
// One invocation a statistic.

@group(0) @binding(2) var<storage, read> dvalue: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> dstatistics: array<f32>; // [scales, 2, C]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x;
  if (index >= 2 * params.scales * params.channels) { return; }
  dstatistics[index] = 0.0;
  let scale = index / (2 * params.channels);
  let first = first_of(scale);
  if (index < first || index >= first + params.channels) { return; }
  let group = (index - first) * params.groups / params.channels;
  let mean = mean_of(scale, group);
  if (mean > 0) {
    let share = exponent_of(scale) * product_of(group) / mean;
    dstatistics[index] = params.sign * dvalue[0] * share / f32(params.channels);
  }
}
