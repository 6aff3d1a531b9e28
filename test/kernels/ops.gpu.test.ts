/** Every kernel outside the convolution family against its plain loops. */
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { runKernels } from '../setup/run-kernels.ts';
import { TOLERANCE } from '../tolerances.ts';
import type { KernelCase } from './conv-cases.ts';
import { FACE_CASES, WARP_CASES } from './face-cases.ts';
import { HEAD_CASES } from './head-cases.ts';
import { NOISE_CASES, PICTURE_CASES } from './picture-cases.ts';

const check = (tolerance: number, features?: readonly GPUFeatureName[]) => async (example: KernelCase) => {
  const actual = await runKernels((g) => example.build(g), features);
  const expected = example.expected();
  expect(actual.length).toBe(expected.length);
  for (const [i, wanted] of expected.entries()) {
    expect(relativeError(actual[i] ?? new Float32Array(), wanted), `output ${i}`).toBeLessThan(tolerance);
  }
};

describe('linear layers and heads', () => {
  it.each(HEAD_CASES)('$name', check(TOLERANCE.op, ['subgroups']));
});

describe('pools, latents and measures', () => {
  it.each(PICTURE_CASES)('$name', check(TOLERANCE.op));
});

describe('depthwise convolutions, max pools, paddings behind the picture', () => {
  it.each(FACE_CASES)('$name', check(TOLERANCE.op));
});

describe('warps', () => {
  it.each(WARP_CASES)('$name', check(TOLERANCE.warp));
});

describe('noise', () => {
  it.each(NOISE_CASES)('$name', check(TOLERANCE.noise));
});
