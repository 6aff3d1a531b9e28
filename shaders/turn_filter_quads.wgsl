// turnFilter where channels come in fours: v[g, b, t', a] = w[g, a, t, b], t' = t or, flipped, K − 1 − t: see turn_filter.
// One invocation turns 4 × 4 channels of one tap, so that both sides go in vec4.

struct Params {
  count: u32,
  input_quads: u32, // A / 4, a group
  taps: u32, // K
  output_quads: u32, // B / 4, a group
  first: u32, // of the quads of outputs that v has
  kept: u32, // how many: B′ / 4
  flip: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<vec4f>; // [G, A, K, B / 4]
@group(0) @binding(2) var<storage, read_write> turned: array<vec4f>; // v [G, B′, K, A / 4]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let inputs = params.input_quads;
  let a = index % inputs;
  let b = index / inputs % params.kept;
  let to_tap = index / (inputs * params.kept) % params.taps;
  let g = index / (inputs * params.kept * params.taps);
  let tap = select(to_tap, params.taps - 1 - to_tap, params.flip == 1);
  let from_step = params.taps * params.output_quads;
  let source = (g * inputs + a) * 4 * from_step + tap * params.output_quads + params.first + b;
  let rows = mat4x4f(w[source], w[source + from_step], w[source + 2 * from_step], w[source + 3 * from_step]);
  let columns = transpose(rows);
  let to_step = params.taps * inputs;
  let goal = (g * params.kept + b) * 4 * to_step + to_tap * inputs + a;
  #for R in 4
  turned[goal + {{R}} * to_step] = columns[{{R}}];
  #end
}
