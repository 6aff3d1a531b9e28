/** What judges a training: means over pictures, pass by pass. */
import { expect, it } from 'vitest';
import { judge, meanSquare } from '../../src/training/judge.ts';

/** Shows each picture halved, then as it is. */
const trainer = { show: async (picture: Float32Array) => [picture.map((value) => value / 2), picture.slice()] };

it('errors are means over all pictures, one a pass', async () => {
  const { errors, shown } = await judge(trainer, [Float32Array.of(1, 1), Float32Array.of(0, 2)]);
  expect(errors).toEqual([0.375, 0]);
  expect(shown[1]).toEqual([Float32Array.of(0, 1), Float32Array.of(0, 2)]);
});

it('no more pictures are kept than asked for', async () => {
  const { errors, shown } = await judge(trainer, [Float32Array.of(1), Float32Array.of(3)], 1);
  expect(shown).toEqual([[Float32Array.of(0.5), Float32Array.of(1)]]);
  expect(errors[0]).toBe(1.25);
});

it('pictures of different sizes have no difference', () => {
  expect(meanSquare(Float32Array.of(1, 2), Float32Array.of(1))).toBeNaN();
});
