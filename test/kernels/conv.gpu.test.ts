/** Every rung of the convolution family and the generator's small ops against their plain loops, in Chrome. */
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { runKernels } from '../setup/run-kernels.ts';
import { TOLERANCE } from '../tolerances.ts';
import { CONV_CASES, type KernelCase, UP_CASES } from './conv-cases.ts';
import { GENERATOR_CASES } from './generator-cases.ts';

async function check(example: KernelCase): Promise<void> {
  const actual = await runKernels((g) => example.build(g), example.features);
  const expected = example.expected();
  expect(actual.length).toBe(expected.length);
  for (const [i, values] of expected.entries()) {
    expect(relativeError(actual[i] ?? new Float32Array(), values), `output ${i}`).toBeLessThan(TOLERANCE.convolution);
  }
}

const adapter = await navigator.gpu?.requestAdapter();

/** Cases whose optional features this adapter lacks show as skipped; a missing adapter fails them all. */
const lacks = ({ features = [] }: KernelCase): boolean =>
  adapter != null && features.some((feature) => !adapter.features.has(feature));

function each(cases: readonly KernelCase[]): void {
  for (const example of cases) it.skipIf(lacks(example))(example.name, () => check(example));
}

describe('conv2d', () => each(CONV_CASES));

describe('upConv', () => each(UP_CASES));

describe('generator ops', () => {
  it.each(GENERATOR_CASES)('$name', check);
});
