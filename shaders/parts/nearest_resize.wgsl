// Sizes of a nearest resize and of its backward: [C, H, W] and [C, h, w].

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
