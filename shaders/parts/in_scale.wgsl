// Scale of input channel `i`, 1 where there is none: a layer's style. Needs operands; `params.in_scale`, its element offset.

override IN_SCALE: u32 = 5;

fn in_scale(i: u32) -> f32 {
  if (IN_SCALE == ABSENT_SLOT) { return 1; }
  return operand(IN_SCALE, params.in_scale + i);
}
