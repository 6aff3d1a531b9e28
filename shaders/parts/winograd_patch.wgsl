// Half of Winograd's input transform, of four patches, the lanes of vec4s. Needs winograd.

// Bᵀ times six numbers.
fn transform(six: Six) -> Six {
  let near = six[4] - 2 * six[2];
  let near_odd = A * (six[3] - 2 * six[1]);
  let far = six[4] - 0.5 * six[2];
  let far_odd = B * (six[3] - 0.5 * six[1]);
  let first = six[0] - 2.5 * six[2] + six[4];
  let last = six[1] - 2.5 * six[3] + six[5];
  return Six(first, near + near_odd, near - near_odd, far + far_odd, far - far_odd, last);
}
