/** The numbers by which steps differ. */
import { describe, expect, it } from 'vitest';
import { averageDecay, cosineRate, projectionSchedule, rangerNumbers } from '../../src/gradients/schedules.ts';
import { PROJECTION } from '../../src/method/optimise-latents.ts';

describe('numbers of a step', () => {
  it('the first five steps of Ranger are plain momentum; every sixth moves the slow weights', () => {
    const constants = { betas: [0.95, 0.999] as const, k: 6, threshold: 5 };
    const steps = Array.from({ length: 12 }, (_, i) => rangerNumbers(i + 1, 1, constants));
    expect(steps.map((s) => s[1])).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
    expect(steps.map((s) => s[2])).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  });

  it('a projection starts at rate 0 and shakes w less and less', () => {
    expect(projectionSchedule(0, PROJECTION)).toEqual({ rate: 0, noise: 0.05 });
    expect(projectionSchedule(400, PROJECTION).noise).toBe(0);
  });

  it('a cosine rises in a straight line, is highest after that, and ends at the least rate', () => {
    const rates = Array.from({ length: 9 }, (_, step) =>
      cosineRate(step, { steps: 9, rate: 1, warmUp: 4, least: 0.5 }),
    );
    expect(rates.slice(0, 5)).toEqual([0.25, 0.5, 0.75, 1, 1]);
    expect(rates[6]).toBeCloseTo(0.75);
    expect(rates[8]).toBeCloseTo(0.5);
    expect(cosineRate(100, { steps: 9, rate: 1, least: 0.5 })).toBeCloseTo(0.5);
  });

  it('an average forgets quickly at first', () => {
    expect(averageDecay(1, 0.999)).toBeCloseTo(2 / 11);
    expect(averageDecay(1e6, 0.999)).toBe(0.999);
  });
});
