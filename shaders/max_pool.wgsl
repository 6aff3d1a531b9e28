// y[c, p, q] = the largest of x[c, 2p..2p + 1, 2q..2q + 1] for c < C, 0 for channels beyond: a shortcut that halves and widens.
//
// x [C, H, W]; y [O, ⌊H/2⌋, ⌊W/2⌋], O ≥ C. One invocation an output element.

struct Params {
  channels: u32, // C
  out_channels: u32, // O
  height: u32,
  width: u32,
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let rows = params.height / 2;
  let columns = params.width / 2;
  if (index >= params.out_channels * rows * columns) { return; }
  let channel = index / (rows * columns);
  if (channel >= params.channels) {
    y[index] = 0;
    return;
  }
  let row = 2 * (index / columns % rows);
  let at = (channel * params.height + row) * params.width + 2 * (index % columns);
  y[index] = max(max(x[at], x[at + 1]), max(x[at + params.width], x[at + params.width + 1]));
}
