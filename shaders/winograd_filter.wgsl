// Winograd F(4×4, 3×3), filter transform: spectrum[6r + s, i, o] = (G g Gᵀ)[r, s] of g = w[i, :, :, o]
// (Lavin & Gray, arXiv 1509.09308).
// w [I, 3, 3, O/4] and spectrum [36, I, O′/4] in vec4, with O′ = O rounded up to whole tiles, the rest zero.
// One invocation transforms the filters of four output channels, the lanes of its vectors. Runs once per weight update.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  out_quads: u32, // O / 4
  padded_quads: u32, // O′ / 4
  scale: f32, // of the spectrum: keeps f16 in its range, 1 for f32
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> spectrum: array<vec4<{{ELEMENT}}>>;

// G times three weights.
fn transform(first: vec4f, middle: vec4f, last: vec4f) -> Six {
  let near = -(first + last / 2) / 1.5;
  let near_odd = middle * (A / 1.5);
  let far = (first + 2 * last) / 6;
  let far_odd = middle * (B / 6);
  return Six(first, near - near_odd, near + near_odd, far + far_odd, far - far_odd, last);
}

// The row of a filter that begins at `at`, times Gᵀ; zero past the last channel.
fn filter_row(at: u32, inside: bool) -> Six {
  let quads = params.out_quads;
  let scale = select(0.0, params.scale, inside);
  return transform(w[at] * scale, w[at + quads] * scale, w[at + 2 * quads] * scale);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.in_channels * params.padded_quads;
  if (index >= stride) { return; }
  let i = index / params.padded_quads;
  let o = index - i * params.padded_quads;
  let quads = params.out_quads;
  let inside = o < quads;
  let first = i * 9 * quads + min(o, quads - 1);
  let top = filter_row(first, inside);
  let middle = filter_row(first + 3 * quads, inside);
  let bottom = filter_row(first + 6 * quads, inside);
  #for S in 6
  store_column(index + {{S}} * stride, stride, transform(top[{{S}}], middle[{{S}}], bottom[{{S}}]));
  #end
}
