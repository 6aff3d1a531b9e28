import { describe, expect, it } from 'vitest';
import { formatReport, formatSeconds, formatTable } from '../../bench/format.ts';
import { toPlanar } from '../../bench/peers/peer.ts';
import { filterValues } from '../../bench/peers/tfjs.ts';
import { type BenchReport, type BenchRow, ratesOf } from '../../bench/report.ts';
import { summarize } from '../../bench/stats.ts';
import { checkErrors } from '../../bench/suites/models.ts';
import { convolutionShares } from '../../bench/suites/shares.ts';
import { clockStep, replaysFor } from '../../src/tuning/timer.ts';

const ROW: BenchRow = {
  suite: 'kernels',
  group: 'generator 256',
  name: '3 convs.1',
  what: '3×3 128→128 8×8',
  variant: 'conv2d_direct',
  scaled: null,
  count: 1,
  check: { error: 1e-7, tolerance: 1e-5, against: 'plain loops' },
  seconds: summarize([0.002]),
  flops: 4e6,
  bytes: 2e6,
  pace: null,
};
const REPORT: BenchReport = {
  format: 1,
  run: {
    date: '2026-01-01',
    commit: 'abc',
    host: 'dawn',
    adapter: 'some GPU',
    precision: 'f32',
    steps: 5,
    agent: 'node',
  },
  timer: { mode: 'batched wall clock', granularity: 65536, emptySubmit: 1e-5 },
  ceilings: { flops: 4e9, bytes: 2e9, fmaForm: 'vec2f' },
  rows: [ROW, { ...ROW, name: 'broken', seconds: null, check: { ...ROW.check, error: 0.5 } }],
  findings: [{ suite: 'kernels', text: 'a finding' }],
};

describe('ratesOf', () => {
  it('is work over time against both ceilings', () => {
    const rates = ratesOf(ROW, REPORT.ceilings);
    expect(rates).toEqual({ flops: 2e9, bytes: 1e9, ofFma: 0.5, ofCopy: 0.5, ofRoof: 0.5 });
  });

  it('prefers the FMA ceiling of the same moment', () => {
    expect(ratesOf({ ...ROW, pace: 2e9 }, REPORT.ceilings)?.ofFma).toBe(1);
  });

  it('has nothing to say without a time', () => {
    expect(ratesOf({ ...ROW, seconds: null }, REPORT.ceilings)).toBeUndefined();
  });
});

describe('formatReport', () => {
  const text = formatReport(REPORT);
  it('names adapter, precision, T, commit, ceilings and timer', () => {
    for (const word of ['some GPU', 'f32', 'T = 5', 'commit abc', '4.00 GFLOP/s', '2.00 GB/s', 'batched wall clock']) {
      expect(text).toContain(word);
    }
  });

  it('prints no time for a row whose check failed', () => {
    const line = text.split('\n').find((l) => l.startsWith('broken'));
    expect(line).toContain('no time: error above 0.00001');
    expect(line).not.toContain('ms');
  });

  it('ends a suite with its findings', () => {
    expect(text.trim().endsWith('→ a finding')).toBe(true);
  });
});

describe('text', () => {
  it('gives seconds a fitting unit', () => {
    expect([2, 0.0123, 4.5e-6].map(formatSeconds)).toEqual(['2.00 s', '12.3 ms', '4.50 µs']);
  });
  it('aligns numbers to the right', () => {
    expect(
      formatTable(
        [
          ['a', '1'],
          ['bb', '22'],
        ],
        1,
      ),
    ).toEqual(['a    1', 'bb  22']);
  });
});

describe('timer', () => {
  it('finds the step of a clock', () => {
    expect(clockStep([131072n, 65536n, 458752n])).toBe(65536);
    expect(clockStep([5n, 5n])).toBe(0);
  });
  it('batches short work', () => {
    expect(replaysFor(0.01, 0.04)).toBe(4);
    expect(replaysFor(2, 0.04)).toBe(1);
    expect(replaysFor(1e-9, 0.04)).toBe(1000);
  });
});

describe('checkErrors', () => {
  it('is the largest relative deviation of the steps that are known', () => {
    expect(checkErrors([1.01, 2, 9], [1, 2]).error).toBeCloseTo(0.01);
  });
  it('fails for a value that is not a number and for no steps', () => {
    expect(checkErrors([Number.NaN], [1]).error).toBe(Number.POSITIVE_INFINITY);
    expect(checkErrors([], [1]).error).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('layouts of peers', () => {
  it('turns pixels into planes', () => {
    expect([...toPlanar(Float32Array.of(1, 2, 3, 4, 5, 6))]).toEqual([1, 4, 2, 5, 3, 6]);
  });
  it('moves filter taps first', () => {
    // [O 2, I 1, k 1]: out-channel last in a convolution, before the input in a transposed one.
    expect([...filterValues(Float32Array.of(1, 2), [2, 1, 1], false, 2)]).toEqual([2, 4]);
    const values = Float32Array.of(1, 2, 3, 4); // [O 2, I 2, 1, 1]
    expect([...filterValues(values, [2, 2, 1], false, 1)]).toEqual([1, 3, 2, 4]);
    expect([...filterValues(values, [2, 2, 1], true, 1)]).toEqual([1, 2, 3, 4]);
  });
});

describe('shares of the FMA ceiling', () => {
  it('are those of 3×3 layers of 32..256 px, at their real size, in both counts', () => {
    const layer = (what: string, gigaflops: number, scaled: string | null = null): BenchRow => ({
      ...ROW,
      what,
      scaled,
      flops: gigaflops * 1e9,
      seconds: summarize([1]),
    });
    const rows = [
      layer('3×3 512→512 16×16', 4),
      layer('3×3 512→512 32×32', 3),
      layer('3×3 512→512 32×32', 2, '64 → 32 px'),
      layer('3×3 64→64 256×256', 0.1, '512 → 256 px'),
      layer('up 3×3 512→512 32×32', 1),
      layer('up 3×3 512→256 64×64', 0.5, '128 → 64 px'),
      layer('θ·(1+ΣΔ) 3×3 512→512', 0.1),
      { ...layer('3×3 512→512 32×32', 0.1), seconds: null },
    ];
    expect(convolutionShares(rows, REPORT.ceilings)).toEqual([
      'generator 256, 32..256 px: 3×3 layers 50–75 % of FMA in direct-convolution FLOPs; ' +
        "up-convolutions 13–25 % at input resolution, 50–100 % in the direct kernel's count",
    ]);
    expect(convolutionShares([layer('toRGB 512→3 64×64', 1)], REPORT.ceilings)).toEqual([]);
  });
});
