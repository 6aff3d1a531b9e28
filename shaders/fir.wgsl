// fir, StyleGAN2's upfirdn2d: y = gain · every down-th pixel of (f ⊗ f) * (x with up − 1 zeros between its pixels),
// f = [1, 3, 3, 1] / 8:
// y[Y] = gain · Σ_a f[a] · u[Y · down + a − pad] a direction. It is its own backward with up and down exchanged and pad 3 − pad,
// since f is symmetric. One invocation a pixel of a channel.

const TAPS = vec4f(OUTER, INNER, INNER, OUTER);

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.channels * pixels) { return; }
  let channel = params.first_channel + index / pixels;
  let top = i32(index % pixels / params.out_width * params.down) - i32(params.pad);
  let left = i32(index % params.out_width * params.down) - i32(params.pad);
  let up = i32(params.up);
  var sum = 0.0;
  for (var a = 0; a < 4; a++) {
    let row = top + a;
    if (row < 0 || row % up != 0 || row / up >= i32(params.height)) { continue; }
    for (var b = 0; b < 4; b++) {
      let column = left + b;
      if (column < 0 || column % up != 0 || column / up >= i32(params.width)) { continue; }
      let at = (channel * params.height + u32(row / up)) * params.width + u32(column / up);
      sum += TAPS[a] * TAPS[b] * x[at];
    }
  }
  y[index] = params.gain * sum;
}
