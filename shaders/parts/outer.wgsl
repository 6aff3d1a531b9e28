// Four columns × four rows of a product, of one term: column j of the matrix is row j of the result. Needs `alias Term`, a vec4.

fn outer(columns: Term, rows: Term) -> mat4x4f {
  return mat4x4f(vec4f(columns * rows.x), vec4f(columns * rows.y), vec4f(columns * rows.z), vec4f(columns * rows.w));
}
