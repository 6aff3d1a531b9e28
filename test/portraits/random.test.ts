/** The seeded sitters: reproducible, well spread, and really wearing something when asked. */
import { describe, expect, test } from 'vitest';
import { nameAccessories, WORN_BELOW, wears } from '../../portraits/attributes.ts';
import { randomPortrait, uniformStream } from '../../portraits/random.ts';

const seeds = Array.from({ length: 500 }, (_, seed) => seed);

describe('randomPortrait', () => {
  test('a seed is a person, with and without accessories', () => {
    const dressed = randomPortrait(7, { accessories: true });
    expect(randomPortrait(7, { accessories: true })).toEqual(dressed);
    expect(randomPortrait(7, { accessories: false })).toEqual({ attributes: dressed.attributes, accessories: null });
    expect(randomPortrait(8, { accessories: true }).attributes).not.toEqual(dressed.attributes);
  });

  test('attributes are uniform in [0, 1]', () => {
    const values = seeds.flatMap((seed) => [...randomPortrait(seed, { accessories: false }).attributes]);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    expect(values.every((x) => x > 0 && x < 1)).toBe(true);
    expect(mean).toBeCloseTo(0.5, 2); // 12,000 draws: standard error 0.0026
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  test('something is always worn, and every item by somebody', () => {
    const worn = seeds.map((seed) =>
      nameAccessories(randomPortrait(seed, { accessories: true }).accessories ?? new Float32Array()),
    );
    const items = Object.keys(WORN_BELOW) as (keyof typeof WORN_BELOW)[];
    expect(worn.every((one) => items.some((item) => item !== 'darkLenses' && wears(one, item)))).toBe(true);
    for (const item of items) {
      const share = worn.filter((one) => wears(one, item)).length / worn.length;
      expect(Math.abs(share - WORN_BELOW[item]), item).toBeLessThan(0.08);
    }
  });

  test('refuses what is no seed', () => {
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(() => randomPortrait(seed, { accessories: false })).toThrow(`got ${seed}`);
    }
  });
});

test('xoshiro128** from seed 0 and 1: the stream is pinned', () => {
  const head = (seed: number): number[] => Array.from({ length: 4 }, uniformStream(seed)).map((x) => x * 2 ** 24);
  expect(head(0)).toEqual([6991927, 175668, 9849168, 15034131]);
  expect(head(1)).toEqual([1536281, 8492589, 14901402, 8174785]);
});
