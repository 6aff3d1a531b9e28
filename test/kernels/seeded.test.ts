/** How far results are off: what every other test of kernels judges by. */
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../src/kernels/reference/seeded.ts';

describe('relativeError', () => {
  it('is the relative distance', () => {
    expect(relativeError([3, 4], [3, 0])).toBeCloseTo(4 / 3);
    expect(relativeError([1, 2], [1, 2])).toBe(0);
  });

  it('is infinite for other lengths and for values that are no numbers', () => {
    expect(relativeError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(relativeError([Number.NaN], [1])).toBe(Number.POSITIVE_INFINITY);
  });
});
