/** Every rung of the convolution family and the generator's small ops against their plain loops, in Chrome. */
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { runKernels } from '../setup/run-kernels.ts';
import { TOLERANCE } from '../tolerances.ts';
import { CONV_CASES, type KernelCase, UP_CASES } from './conv-cases.ts';
import { GENERATOR_CASES } from './generator-cases.ts';

async function check(example: KernelCase): Promise<void> {
  const actual = await runKernels((g) => example.build(g));
  const expected = example.expected();
  expect(actual.length).toBe(expected.length);
  for (const [i, values] of expected.entries()) {
    expect(relativeError(actual[i] ?? new Float32Array(), values), `output ${i}`).toBeLessThan(TOLERANCE.convolution);
  }
}

describe('conv2d', () => {
  it.each(CONV_CASES)('$name', check);
});

describe('upConv', () => {
  it.each(UP_CASES)('$name', check);
});

describe('generator ops', () => {
  it.each(GENERATOR_CASES)('$name', check);
});
