// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common, on CPU adapters.
//
// Layout: see parts/shared_head_expand.
// An invocation owns eight neighbouring vectors of columns, with the sums of up to 12 layers each, and no one shares anything:
// a load costs a CPU as much as some 30 multiply-adds and a barrier far more, so that eight vectors use each code that is loaded,
// and two values of k each sum.

override WORKGROUP_SIZE: u32;

// Codes of all layers at one k, four layers a column; the scale of a quantised row of w2 goes with them.
fn codes_of(first_layer: u32, k: u32) -> mat3x4f {
  let pitch = params.z + 1;
  let at = first_layer * pitch + k;
  var codes = mat3x4f();
  #for L in LAYERS
  codes[{{L}} / 4][{{L}} % 4] = state[at + {{L}} * pitch];
  #end
  if (HAS_SCALES) { codes *= scales[k]; }
  return codes;
}

// Two terms of one vector of columns, for all layers.
fn add(sums: ptr<function, Sums>, near: Vector, near_codes: mat3x4f, far: Vector, far_codes: mat3x4f) {
  #for L in LAYERS
  (*sums)[{{L}}] += near * near_codes[{{L}} / 4][{{L}} % 4] + far * far_codes[{{L}} / 4][{{L}} % 4];
  #end
}

fn finish(first_layer: u32, column: u32, sums: ptr<function, Sums>) {
  #for L in LAYERS
  put(first_layer + {{L}}, column, (*sums)[{{L}}]);
  #end
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = 8 * id.x;
  let first_layer = id.y * LAYERS;
  if (column >= params.columns) { return; }
  #for C in 8
  var sums{{C}}: Sums;
  #end
  // Vectors past the end of a row read the next one, or what a robust read gives, and are not stored.
  for (var k = 0u; k < params.rows; k += 2) {
    let next = min(k + 1, params.rows - 1); // an odd last k is followed by itself, with codes of zero
    let near_codes = codes_of(first_layer, params.first_row + k);
    let far_codes = codes_of(first_layer, params.first_row + next) * f32(next - k);
    let near = k * params.columns + column;
    let far = next * params.columns + column;
    #for C in 8
    add(&sums{{C}}, weight_at(near + {{C}}), near_codes, weight_at(far + {{C}}), far_codes);
    #end
  }
  #for C in 8
  finish(first_layer, column + {{C}}, &sums{{C}});
  #end
}
