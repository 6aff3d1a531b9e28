// stridedProduct: y[n, r, c] = factor · Σ_k a[n, r, k] · b[n, k, c] + bias[c], each operand and the result with a step of its own in
// every direction, so that transposes, outer products and matrix-vector products are all this. For what is too small or too thin for
// `batched_product`. One invocation an element; c runs fastest. What has whole blocks: strided_product_blocks.

@group(0) @binding(2) var<storage, read> b: array<f32>; // right operand
@group(0) @binding(3) var<storage, read> bias: array<f32>; // [columns]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // result

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.batches * params.rows * params.columns) { return; }
  let column = index % params.columns;
  let row = index / params.columns % params.rows;
  let batch = index / (params.columns * params.rows);
  var i = params.a_first + batch * params.a_batch + row * params.a_row;
  var j = params.b_first + batch * params.b_batch + column * params.b_column;
  var sum = 0.0;
  for (var k = 0u; k < params.depth; k++) {
    sum += a[i] * b[j];
    i += params.a_depth;
    j += params.b_depth;
  }
  sum *= params.factor;
  if (params.has_bias == 1) { sum += bias[column]; }
  let at = batch * params.y_batch + row * params.y_row + column * params.y_column;
  if (KEEP == 1) { sum += y[at]; }
  y[at] = sum;
}
