/** Runs kernel cases in Chrome and compares what comes out with their plain loops. */
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { runKernels } from '../setup/run-kernels.ts';
import { TOLERANCE } from '../tolerances.ts';
import type { KernelCase } from './conv-cases.ts';

const adapter = await navigator.gpu?.requestAdapter();

/** Cases whose optional features this adapter lacks show as skipped; a missing adapter fails them all. */
const lacks = ({ features = [] }: KernelCase): boolean =>
  adapter != null && features.some((feature) => !adapter.features.has(feature));

/** A test for each case. @param tolerance largest relative L2 error of an output */
export function checkCases(
  what: string,
  cases: readonly KernelCase[],
  tolerance: number = TOLERANCE.convolution,
): void {
  describe(what, () => {
    for (const example of cases) {
      it.skipIf(lacks(example))(example.name, async () => {
        const actual = await runKernels((g) => example.build(g));
        const expected = example.expected();
        expect(actual.length).toBe(expected.length);
        for (const [i, values] of expected.entries()) {
          expect(relativeError(actual[i] ?? new Float32Array(), values), `output ${i}`).toBeLessThan(tolerance);
        }
      });
    }
  });
}
