// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r], on CPU adapters: an invocation owns eight rows, and no one shares anything.
//
// W [rows, z], Δ [rows] = [out, in]; the state is in parts/layer_head.
// A load costs a CPU as much as some 30 multiply-adds and a barrier far more: every code that is loaded serves all rows of an
// invocation. They lie a stride apart, so that neighbours work on neighbouring rows. `layer_head_shared.wgsl` is for GPUs.

override WORKGROUP_SIZE: u32;

fn product4(a: vec4f, b: vec4f) -> f32 { return dot(a, b); }
fn product1(a: f32, b: f32) -> f32 { return a * b; }

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let stride = (params.rows + 7) / 8;
  if (row >= stride) { return; }
  let first = params.state_row * (params.z + 1);
  let step = stride * params.columns;
  // The last rows of a stride that does not divide them read what a robust read gives, and are not stored.
  var at = row * params.columns;
  #for R in 8
  var sum{{R}} = 0.0;
  #end
  for (var k = 0u; k < params.columns; k++) {
    let code = code_at(first + k * {{WIDTH}});
    #for R in 8
    sum{{R}} += product{{WIDTH}}(weight_at(at + {{R}} * step), code);
    #end
    at++;
  }
  #for R in 8
  store(row + {{R}} * stride, sum{{R}});
  #end
}
