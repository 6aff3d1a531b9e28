/** Gradient energy by hand, and what blur and enlarging do to it. */
import { expect, test } from 'vitest';
import { enlarged, gradientEnergy } from '../../cli/evaluate/sharpness.ts';

const stripes = (side: number, period: number): Float32Array =>
  Float32Array.from({ length: 3 * side * side }, (_, i) => ((i % side) % period < period / 2 ? 0 : 1));

test('sums squared differences of neighbours within a channel, not across its edges', () => {
  // channels 0 1 / 0 3, then 9 9 / 9 9, then 0 0 / 0 0
  const data = Float32Array.of(0, 1, 0, 3, 9, 9, 9, 9, 0, 0, 0, 0);
  expect(gradientEnergy({ data, width: 2, height: 2 })).toBe(1 + 9 + 4);
});

test('an enlarged picture keeps its colours and has less energy than one drawn at that size', () => {
  const small = { data: stripes(32, 8), width: 32, height: 32 };
  const large = enlarged(small, 64);
  expect(large.data).toHaveLength(3 * 64 * 64);
  expect([large.data[0], large.data[10], large.data[3 * 64 * 64 - 1]]).toEqual([0, 1, 1]);
  const drawn = gradientEnergy({ data: stripes(64, 16), width: 64, height: 64 });
  // each step of 1 becomes steps of 1/4, 1/2 and 1/4
  expect(gradientEnergy(large) / drawn).toBeCloseTo(3 / 8, 6);
});
