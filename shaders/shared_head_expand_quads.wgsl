// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common, with subgroups.
//
// Layout: see parts/shared_head_expand.
// An invocation owns four neighbouring vectors of columns, with the sums of up to 12 layers each. Four neighbouring invocations
// (a quad) need the same codes: each loads those of every fourth layer and hands them round, so that 3 loads serve 12 layers.
// One value of k a turn: a loop with more loads no longer fits the instruction cache of a CPU, on which an interpreted load is
// 400 bytes of code.

enable subgroups;

override WORKGROUP_SIZE: u32;

// Codes of layers l … l + 3 at one k, of which this lane loads one; rows past the last layer's are summed and not stored.
fn codes_at(l: u32, lane: u32, k: u32, scale: f32) -> vec4f {
  let code = state[(l + lane) * (params.z + 1) + k] * scale;
  return vec4f(quadBroadcast(code, 0u), quadBroadcast(code, 1u), quadBroadcast(code, 2u), quadBroadcast(code, 3u));
}

// Codes of all layers at one k, times `scale`, four layers a column.
fn codes_of(first_layer: u32, lane: u32, k: u32, scale: f32) -> mat3x4f {
  var codes = mat3x4f();
  #for Q in QUADS
  codes[{{Q}}] = codes_at(first_layer + 4 * {{Q}}, lane, k, scale);
  #end
  return codes;
}

// sum + value·code, component by component: see batched_product_quads.
fn plus4(sum: vec4f, value: vec4f, code: f32) -> vec4f {
  return vec4f(sum.x + value.x * code, sum.y + value.y * code, sum.z + value.z * code, sum.w + value.w * code);
}
fn plus1(sum: f32, value: f32, code: f32) -> f32 { return sum + value * code; }

// One term of one vector of columns, for all layers.
fn add(sums: ptr<function, Sums>, value: Vector, codes: mat3x4f) {
  #for L in LAYERS
  (*sums)[{{L}}] = plus{{WIDTH}}((*sums)[{{L}}], value, codes[{{L}} / 4][{{L}} % 4]);
  #end
}

// Writes row `l` of h at four vectors of columns: a first chunk starts it, later ones add to it. The bias is in the sums already.
fn put_four(l: u32, columns: vec4u, a: Vector, b: Vector, c: Vector, d: Vector) {
  if (l >= params.layers) { return; }
  let at = l * params.columns + columns;
  var before: array<Vector, 4>;
  if (params.first_row > 0) { before = array(h[at.x], h[at.y], h[at.z], h[at.w]); }
  h[at.x] = before[0] + a;
  h[at.y] = before[1] + b;
  h[at.z] = before[2] + c;
  h[at.w] = before[3] + d;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  // Columns past the end of a row repeat its last one, which is then stored several times.
  let columns = min(4 * id.x + vec4u(0, 1, 2, 3), vec4u(params.columns - 1));
  let first_layer = id.y * LAYERS;
  let lane = id.x % 4;
  // The bias counts once a step: it is a term like the others, with the state's last element as code.
  let steps = codes_of(first_layer, lane, params.z, select(0.0, 1.0, params.first_row == 0));
  #for C in 4
  var sums{{C}}: Sums;
  add(&sums{{C}}, b2[columns[{{C}}]], steps);
  #end
  var at = columns;
  for (var k = 0u; k < params.rows; k++) {
    var scale = 1.0;
    if (HAS_SCALES) { scale = scales[params.first_row + k]; } // of a quantised row of w2
    let codes = codes_of(first_layer, lane, params.first_row + k, scale);
    #for C in 4
    add(&sums{{C}}, weight_at(at[{{C}}]), codes);
    #end
    at += params.columns;
  }
  if (4 * id.x >= params.columns) { return; }
  #for L in LAYERS
  put_four(first_layer + {{L}}, columns, sums0[{{L}}], sums1[{{L}}], sums2[{{L}}], sums3[{{L}}]);
  #end
}
