/** The evaluation's sums, by hand on three portraits. */
import { expect, test } from 'vitest';
import { evaluate, spread } from '../../cli/evaluate/statistics.ts';

test('three portraits: one falls, one stumbles, one ends worse', () => {
  const { steps, ...sums } = evaluate([
    { l2: [0.4, 0.2, 0.1], msSsim: [0.5, 0.7, 0.9], energy: [2, 3, 4], pictureEnergy: 4 },
    { l2: [0.3, 0.4, 0.2], msSsim: [0.5, 0.6, 0.8], energy: [2, 3, 4], pictureEnergy: 6 },
    { l2: [0.2, 0.1, 0.3], msSsim: [0.5, 0.8, 0.4], energy: [2, 3, 7], pictureEnergy: 5 },
  ]);
  expect(steps[0]?.l2.mean).toBeCloseTo(0.3, 12);
  expect(steps[0]?.l2.deviation).toBeCloseTo(0.1, 12);
  expect(steps[2]?.msSsim.mean).toBeCloseTo(0.7, 12);
  expect(steps.map(({ sharpness }) => sharpness)).toEqual([0.4, 0.6, 1]);
  expect(sums.portraits).toBe(3);
  expect(sums.alwaysFalling).toBeCloseTo(1 / 3, 12);
  expect(sums.endsWorse).toBeCloseTo(1 / 3, 12);
  expect(sums.reduction).toBeCloseTo(1 / 3, 12);
  expect(sums.meanAlwaysFalling).toBe(true);
});

test('a plateau is not a fall, and one portrait has no deviation', () => {
  const one = evaluate([{ l2: [0.4, 0.4], msSsim: [1, 1], energy: [1, 1], pictureEnergy: 1 }]);
  expect([one.alwaysFalling, one.endsWorse, one.meanAlwaysFalling]).toEqual([0, 0, false]);
  expect(spread([5])).toEqual({ mean: 5, deviation: 0 });
  expect(() => evaluate([])).toThrow('got 0');
});
