// Four columns × four rows of a product, of one term: column j of the matrix is row j of the result.

fn outer(columns: vec4f, rows: vec4f) -> mat4x4f {
  return mat4x4f(columns * rows.x, columns * rows.y, columns * rows.z, columns * rows.w);
}
