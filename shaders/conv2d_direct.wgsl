// conv2d, direct: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] · (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i])
//                             + bias[o] + noise[p] + residual[o, p]) · gain
// Layout: see parts/conv2d; vectors [n] at an offset.
// One invocation computes one element of y and loads everything itself. The rung the others are compared with.

@group(0) @binding(7) var<storage, read> w: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.groups * params.group_out * pixels) { return; }
  let o = index / pixels;
  let pixel = index % pixels;
  let group = o / params.group_out;
  let top = i32(pixel / params.out_width * params.stride) - i32(params.padding);
  let left = i32(pixel % params.out_width * params.stride) - i32(params.padding);

  var sum = 0.0;
  for (var c = 0u; c < params.group_in; c++) {
    let i = group * params.group_in + c;
    let scale = in_scale(i);
    let shift = in_shift(i);
    for (var ky = 0u; ky < params.kernel; ky++) {
      let row = top + i32(ky);
      if (row < 0 || row >= i32(params.height)) { continue; }
      for (var kx = 0u; kx < params.kernel; kx++) {
        let column = left + i32(kx);
        if (column < 0 || column >= i32(params.width)) { continue; }
        let value = x[(i * params.height + u32(row)) * params.width + u32(column)] * scale + shift;
        sum += value * w[((i * params.kernel + ky) * params.kernel + kx) * params.group_out + o % params.group_out];
      }
    }
  }
  y[index] = epilogue(sum, o, pixel, index);
}
