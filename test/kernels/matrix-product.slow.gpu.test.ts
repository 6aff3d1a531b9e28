/** The self-test finds a wrong matrix kernel: more of what `matrix-product.gpu.test.ts` tries. */
import { it } from 'vitest';
import { isFound } from './fragments.ts';

it.each([
  ['fragments read across', 'Left, col_major>(&left, left_at, rows)', 'Left, row_major>(&left, left_at, rows)'],
  ['terms of the next batch', 'k < params.depth && ', ''],
  ['a fragment beyond the edge', 'row + FRAGMENT < rows', 'true'],
])('finds %s', (_, from, to) => isFound(from, to));
