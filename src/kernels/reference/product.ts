/** Batched matrix products as plain loops in double precision. */
import { at } from './at.ts';

/** left `[B, K, R]`, right `[B, K, C]` → `[B, R, C]`. */
export function batchedProductReference(
  left: Float32Array,
  right: Float32Array,
  [batches, depth, rows, columns]: readonly [number, number, number, number],
): Float64Array {
  const product = new Float64Array(batches * rows * columns);
  for (let b = 0; b < batches; b++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          sum += at(left, (b * depth + k) * rows + r) * at(right, (b * depth + k) * columns + c);
        }
        product[(b * rows + r) * columns + c] = sum;
      }
    }
  }
  return product;
}
