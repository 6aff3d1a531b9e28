// fir (see there) where up and down are 1, so that sizes stay about the same: y = gain · (f ⊗ f) * x, f = [1, 3, 3, 1] / 8,
// zero around x:
// y[Y, X] = gain · Σ_ab f[a] · f[b] · x[Y + a − pad, X + b − pad].
// One invocation makes 4 × 4 pixels of a channel from 7 × 7: columns first, then rows; 3 loads a pixel instead of 16.

const SIDE = 4u; // of a block

// Pixel `column` of the row that begins at `row`, zero outside. It always loads: a CPU pays more for a branch than for a load.
fn load(row: u32, column: i32, inside: bool) -> f32 {
  let value = x[row + u32(clamp(column, 0, i32(params.width) - 1))];
  return select(0.0, value, inside && column >= 0 && column < i32(params.width));
}

// Four pixels of row `line` of a channel from column `left` on, filtered along the row.
fn filtered(channel: u32, line: i32, left: i32) -> vec4f {
  let inside = line >= 0 && line < i32(params.height);
  let row = (channel * params.height + u32(clamp(line, 0, i32(params.height) - 1))) * params.width;
  #for N in 7
  let x{{N}} = load(row, left + {{N}}, inside);
  #end
  return OUTER * (vec4f(x0, x1, x2, x3) + vec4f(x3, x4, x5, x6)) + INNER * (vec4f(x1, x2, x3, x4) + vec4f(x2, x3, x4, x5));
}

// Writes a row of the block as far as it is inside.
fn store(at: u32, left: u32, values: vec4f) {
  for (var i = 0u; i < min(SIDE, params.out_width - left); i++) { y[at + i] = params.gain * values[i]; }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let across = (params.out_width + SIDE - 1) / SIDE;
  let blocks = across * ((params.out_height + SIDE - 1) / SIDE);
  if (index >= params.channels * blocks) { return; }
  let channel = index / blocks;
  let top = index % blocks / across * SIDE;
  let left = index % across * SIDE;
  #for R in 7
  let row{{R}} = filtered(params.first_channel + channel, i32(top + {{R}}) - i32(params.pad), i32(left) - i32(params.pad));
  #end
  let sums = array<vec4f, 4>(
    OUTER * (row0 + row3) + INNER * (row1 + row2),
    OUTER * (row1 + row4) + INNER * (row2 + row3),
    OUTER * (row2 + row5) + INNER * (row3 + row4),
    OUTER * (row3 + row6) + INNER * (row4 + row5));
  #for R in 4
  if (top + {{R}} < params.out_height) {
    store((channel * params.out_height + top + {{R}}) * params.out_width + left, left, sums[{{R}}]);
  }
  #end
}
