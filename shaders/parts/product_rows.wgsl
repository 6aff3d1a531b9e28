// Writes four columns of four rows of a product, `stride` vectors apart from `at` on. Needs batched_product in vec4.

fn write_rows(at: u32, stride: u32, sums: mat4x4f) {
  product[at] = sums[0];
  product[at + stride] = sums[1];
  product[at + 2 * stride] = sums[2];
  product[at + 3 * stride] = sums[3];
}
