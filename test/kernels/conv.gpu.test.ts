/** Every rung of the convolution family and the generator's small ops against their plain loops, in Chrome. */
import { describe, expect, it } from 'vitest';
import { CONV2D_VARIANTS, supportsConv2d, UPCONV_VARIANTS } from '../../src/kernels/choose.ts';
import { runKernels } from '../setup/run-kernels.ts';
import { TOLERANCE } from '../tolerances.ts';
import { CONV_SHAPES, conv2dCase, conv2dShape, type KernelCase, UP_SHAPES, upConvCase } from './conv-cases.ts';
import { GENERATOR_CASES } from './generator-cases.ts';
import { relativeError } from './random.ts';

async function check(example: KernelCase): Promise<void> {
  const actual = await runKernels((g) => example.build(g));
  const expected = example.expected();
  expect(actual.length).toBe(expected.length);
  for (const [i, values] of expected.entries()) {
    expect(relativeError(actual[i] ?? new Float32Array(), values), `output ${i}`).toBeLessThan(TOLERANCE.convolution);
  }
}

for (const variant of CONV2D_VARIANTS) {
  const cases = CONV_SHAPES.filter((s) => supportsConv2d(variant, conv2dShape(s))).map((s) => conv2dCase(s, variant));
  describe(`conv2d ${variant}`, () => {
    it.each(cases)('$name', check);
  });
}

for (const variant of UPCONV_VARIANTS) {
  describe(`upConv ${variant}`, () => {
    it.each(UP_SHAPES.map((shape) => upConvCase(shape, variant)))('$name', check);
  });
}

describe('generator ops', () => {
  it.each(GENERATOR_CASES)('$name', check);
});
