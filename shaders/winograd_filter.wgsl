// Winograd F(4×4, 3×3), filter transform: u[6r + s, i, o] = (G g Gᵀ)[r, s] of g = w[i, :, :, o]   (Lavin & Gray, arXiv 1509.09308)
// w [I, 3, 3, O]; u [36, I, O′] with O′ = O rounded up to whole tiles, the rest zero.
// One invocation transforms one filter; neighbours differ in o, so reads and writes are rows. Runs once per weight update.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  out_channels: u32,
  padded_out: u32, // O′
  scale: f32, // of u: keeps f16 in its range, 1 for f32
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> u: array<{{ELEMENT}}>;

const A = 0.70710678; // the points are 0, ±A, ±B and ∞: among the simple ones these round least, see winograd.ts
const B = 1.41421356;

// G applied to a column (three rows of the filter, all of its columns at once).
fn expand(a: vec3f, b: vec3f, c: vec3f) -> array<vec3f, 6> {
  let near = -(a + c / 2) / 1.5;
  let near_odd = b * (A / 1.5);
  let far = (a + 2 * c) / 6;
  let far_odd = b * (B / 6);
  return array(a, near - near_odd, near + near_odd, far + far_odd, far - far_odd, c);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.in_channels * params.padded_out;
  if (index >= stride) { return; }
  let i = index / params.padded_out;
  let o = index % params.padded_out;
  let n = params.out_channels;
  var g = array(vec3f(), vec3f(), vec3f());
  if (o < n) {
    let at = i * 9 * n + o;
    g = array(
      vec3f(w[at], w[at + n], w[at + 2 * n]),
      vec3f(w[at + 3 * n], w[at + 4 * n], w[at + 5 * n]),
      vec3f(w[at + 6 * n], w[at + 7 * n], w[at + 8 * n]),
    );
  }
  let rows = expand(params.scale * g[0], params.scale * g[1], params.scale * g[2]);
  for (var r = 0u; r < 6; r++) {
    let v = rows[r];
    let near = -(v.x + v.z / 2) / 1.5;
    let near_odd = v.y * (A / 1.5);
    let far = (v.x + 2 * v.z) / 6;
    let far_odd = v.y * (B / 6);
    let first = 6 * r * stride + index;
    u[first] = {{ELEMENT}}(v.x);
    u[first + stride] = {{ELEMENT}}(near - near_odd);
    u[first + 2 * stride] = {{ELEMENT}}(near + near_odd);
    u[first + 3 * stride] = {{ELEMENT}}(far + far_odd);
    u[first + 4 * stride] = {{ELEMENT}}(far - far_odd);
    u[first + 5 * stride] = {{ELEMENT}}(v.z);
  }
}
