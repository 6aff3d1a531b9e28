// styleNorm: n[i] = s[i] / max |s| over the layer that i belongs to: what f16 arithmetic reads instead of s. Demodulation, computed
// from n, takes the factor back (StyleGAN2's own f16 path does the same).
// s [S], all layers one after another; table [layers] of (first, length), whole numbers; n [S].
// One workgroup a layer: each invocation looks at every 64th element, then all of them agree on the largest.

struct Params {
  layers: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> s: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> n: array<f32>;

var<workgroup> largest: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = vec2u(table[min(group.x, params.layers - 1)]);
  var most = 0.0;
  for (var i = lane; i < row.y; i += 64) { most = max(most, abs(s[row.x + i])); }
  largest[lane] = most;
  workgroupBarrier();
  most = 0.0;
  for (var i = 0u; i < 64; i++) { most = max(most, largest[i]); }
  let scale = select(0.0, 1 / most, most > 0);
  for (var i = lane; i < row.y; i += 64) { n[row.x + i] = s[row.x + i] * scale; }
}
