// Winograd F(4×4, 3×3), the filter's gradient: w[i, :, :, o] (+)= Gᵀ m G of the 6×6 sums m[6r + s] = Σ_p products[6r + s, p, i, o]:
// the filter transform turned round. Parts p are those that the sum over tiles was cut into.
// products [36, P, I′, O′/4] and w [I, 3, 3, O/4] in vec4; I′ and O′ are I and O rounded up to whole blocks.
// One invocation transforms the sums of four output channels, the lanes of its vectors.

struct Params {
  in_channels: u32, // I
  out_quads: u32, // O / 4
  padded_in: u32, // I′
  padded_quads: u32, // O′ / 4
  parts: u32, // P
  keep: u32, // 1: what w holds is added to
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> products: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> w: array<vec4f>;

alias Three = array<vec4f, 3>;

// Gᵀ times six numbers.
fn transform(six: Six) -> Three {
  let near = six[1] + six[2];
  let far = six[3] + six[4];
  let near_odd = six[2] - six[1];
  let far_odd = six[3] - six[4];
  return Three(six[0] - near / 1.5 + far / 6, near_odd * (A / 1.5) + far_odd * (B / 6), (far - near) / 3 + six[5]);
}

// A number of m: the sum over parts.
fn sum_at(frequency: u32, at: u32) -> vec4f {
  let stride = params.padded_in * params.padded_quads;
  var sum = vec4f();
  for (var part = 0u; part < params.parts; part++) { sum += products[(frequency * params.parts + part) * stride + at]; }
  return sum;
}

// Row r of m, times G.
fn row_at(r: u32, at: u32) -> Three {
  let f = 6 * r;
  return transform(Six(
    sum_at(f, at), sum_at(f + 1, at), sum_at(f + 2, at), sum_at(f + 3, at), sum_at(f + 4, at), sum_at(f + 5, at)));
}

fn store(at: u32, value: vec4f) {
  w[at] = select(vec4f(), w[at], params.keep == 1) + value;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.in_channels * params.out_quads) { return; }
  let i = index / params.out_quads;
  let o = index - i * params.out_quads;
  let at = i * params.padded_quads + o;
  #for R in 6
  let row{{R}} = row_at({{R}}, at);
  #end
  let first = i * 9 * params.out_quads + o;
  #for S in 3
  let column{{S}} = transform(Six(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}], row4[{{S}}], row5[{{S}}]));
  store(first + {{S}} * params.out_quads, column{{S}}[0]);
  store(first + (3 + {{S}}) * params.out_quads, column{{S}}[1]);
  store(first + (6 + {{S}}) * params.out_quads, column{{S}}[2]);
  #end
}
