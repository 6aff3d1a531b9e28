/** MS-SSIM against values of an independent implementation (PyTorch, f64, two-dimensional windows by conv2d). */
import { describe, expect, test } from 'vitest';
import { msSsim, type PlanarPicture } from '../../src/metrics/ms-ssim.ts';
import { msSsimExponents } from '../../src/models/ms-ssim-forms.ts';

/** A smooth test picture that both implementations can make. */
function waves(side: number, phase: number, amplitude: number): PlanarPicture {
  const data = new Float32Array(3 * side * side);
  for (let c = 0, i = 0; c < 3; c++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++, i++) {
        data[i] = 0.5 + amplitude * Math.sin(x * (0.11 + 0.05 * c) + phase) * Math.cos(y * 0.17 - phase * c);
      }
    }
  }
  return { data, width: side, height: side };
}

describe('msSsim', () => {
  test.each([
    [64, 3, 0.844154253718],
    [37, 2, 0.824401947437],
    [176, 5, 0.834729415442],
  ])('%i px: %i scales', (side, scales, expected) => {
    expect(msSsimExponents(side).length).toBe(scales);
    expect(msSsim(waves(side, 0, 0.4), waves(side, 0.3, 0.3))).toBeCloseTo(expected, 6);
  });

  test('equal pictures are 1, negatives 0, and the order does not matter', () => {
    const [a, b] = [waves(64, 0, 0.4), waves(64, 0.3, 0.3)];
    expect(msSsim(a, a)).toBeCloseTo(1, 12);
    expect(msSsim(a, { ...a, data: a.data.map((x) => 1 - x) })).toBe(0);
    expect(msSsim(a, b)).toBeCloseTo(msSsim(b, a), 12);
  });

  test('refuses pictures it cannot compare', () => {
    expect(() => msSsim(waves(64, 0, 0.4), waves(32, 0, 0.4))).toThrow(/64×64 and 32×32/);
    expect(() => msSsim(waves(10, 0, 0.4), waves(10, 0, 0.4))).toThrow(/at least 11 px/);
  });
});
