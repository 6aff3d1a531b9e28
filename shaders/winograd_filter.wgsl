// Winograd F(4×4, 3×3), filter transform: u[6r + s, i, o] = (G g Gᵀ)[r, s] of g = w[i, :, :, o]   (Lavin & Gray, arXiv 1509.09308)
// w [I, 3, 3, O/4] and u [36, I, O′/4] in vec4, with O′ = O rounded up to whole tiles, the rest zero.
// One invocation transforms the filters of four output channels, the lanes of its vectors. Runs once per weight update.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  out_quads: u32, // O / 4
  padded_quads: u32, // O′ / 4
  scale: f32, // of u: keeps f16 in its range, 1 for f32
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> u: array<vec4<{{ELEMENT}}>>;

const A = 0.70710678; // the points are 0, ±A, ±B and ∞: among the simple ones these round least, see winograd.ts
const B = 1.41421356;

// Six numbers in a row or column of a transformed filter, of four channels.
struct Six {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
  e: vec4f,
  f: vec4f,
}

// G times three weights.
fn transform(x: vec4f, y: vec4f, z: vec4f) -> Six {
  let near = -(x + z / 2) / 1.5;
  let near_odd = y * (A / 1.5);
  let far = (x + 2 * z) / 6;
  let far_odd = y * (B / 6);
  return Six(x, near - near_odd, near + near_odd, far + far_odd, far - far_odd, z);
}

// The row of a filter that begins at `at`, times Gᵀ; zero past the last channel.
fn filter_row(at: u32, inside: bool) -> Six {
  let n = params.out_quads;
  let scale = select(0.0, params.scale, inside);
  return transform(w[at] * scale, w[at + n] * scale, w[at + 2 * n] * scale);
}

// Column `s` of G g Gᵀ, written to u.
fn store(first: u32, stride: u32, x: vec4f, y: vec4f, z: vec4f) {
  let t = transform(x, y, z);
  u[first] = vec4<{{ELEMENT}}>(t.a);
  u[first + 6 * stride] = vec4<{{ELEMENT}}>(t.b);
  u[first + 12 * stride] = vec4<{{ELEMENT}}>(t.c);
  u[first + 18 * stride] = vec4<{{ELEMENT}}>(t.d);
  u[first + 24 * stride] = vec4<{{ELEMENT}}>(t.e);
  u[first + 30 * stride] = vec4<{{ELEMENT}}>(t.f);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.in_channels * params.padded_quads;
  if (index >= stride) { return; }
  let i = index / params.padded_quads;
  let o = index - i * params.padded_quads;
  let n = params.out_quads;
  let inside = o < n;
  let first = i * 9 * n + min(o, n - 1);
  let r0 = filter_row(first, inside);
  let r1 = filter_row(first + 3 * n, inside);
  let r2 = filter_row(first + 6 * n, inside);
  store(index, stride, r0.a, r1.a, r2.a);
  store(index + stride, stride, r0.b, r1.b, r2.b);
  store(index + 2 * stride, stride, r0.c, r1.c, r2.c);
  store(index + 3 * stride, stride, r0.d, r1.d, r2.d);
  store(index + 4 * stride, stride, r0.e, r1.e, r2.e);
  store(index + 5 * stride, stride, r0.f, r1.f, r2.f);
}
