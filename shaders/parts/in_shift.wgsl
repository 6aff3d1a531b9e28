// Shift of input channel `i` after its scale, 0 where there is none. Needs operands; `params.in_shift`, its element offset.

override IN_SHIFT: u32 = 5;

fn in_shift(i: u32) -> f32 {
  if (IN_SHIFT == ABSENT_SLOT) { return 0; }
  return operand(IN_SHIFT, params.in_shift + i);
}
