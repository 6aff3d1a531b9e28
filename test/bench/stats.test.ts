import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderOf, powerFit, quantile, relativeIqr, summarize } from '../../bench/stats.ts';

describe('summarize', () => {
  it('gives median and quartiles of unsorted samples', () => {
    expect(summarize([5, 1, 4, 2, 3])).toEqual({ median: 3, q1: 2, q3: 4, min: 1, count: 5 });
  });

  it('interpolates between two samples', () => {
    expect(quantile([1, 2], 0.25)).toBeCloseTo(1.25);
  });

  it('is not moved by one slow outlier', () => {
    expect(summarize([1, 1, 1, 1, 1000]).median).toBe(1);
    expect(relativeIqr(summarize([1, 1, 1, 1, 1000]))).toBe(0);
  });

  it('refuses an empty list', () => {
    expect(() => summarize([])).toThrow(/at least one/);
  });
});

describe('orderOf', () => {
  it('lets everyone run once a round', () => {
    for (let round = 0; round < 7; round++) expect(orderOf(round, 3).toSorted()).toEqual([0, 1, 2]);
  });

  it('gives every contestant the first and the last place about as often', () => {
    const orders = Array.from({ length: 12 }, (_, round) => orderOf(round, 3));
    for (const who of [0, 1, 2]) {
      expect(orders.filter((order) => order[0] === who).length).toBe(4);
      expect(orders.filter((order) => order[2] === who).length).toBe(4);
    }
  });
});

describe('powerFit', () => {
  it('finds the exponent and factor of a power', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (e, f) => {
          const fit = powerFit([1, 2, 5, 10].map((x) => [x, f * x ** e] as const));
          expect(fit.exponent).toBeCloseTo(e, 6);
          expect(fit.factor).toBeCloseTo(f, 6);
          if (Math.abs(e) > 0.01) expect(fit.r2).toBeCloseTo(1, 6); // a constant has no variance to explain
        },
      ),
    );
  });

  it('tells a bad fit by r²', () => {
    expect(
      powerFit([
        [1, 1],
        [2, 8],
        [4, 1],
        [8, 8],
      ]).r2,
    ).toBeLessThan(0.6);
  });

  it('refuses points that no logarithm has', () => {
    expect(() =>
      powerFit([
        [1, 0],
        [2, 1],
      ]),
    ).toThrow(/above zero/);
    expect(() =>
      powerFit([
        [2, 1],
        [2, 3],
      ]),
    ).toThrow(/two different/);
  });
});
