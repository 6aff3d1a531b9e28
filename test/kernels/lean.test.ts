/** Which cases `npm test` runs in Chrome. */
import { expect, it } from 'vitest';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { CONV_CASES, type KernelCase, UP_CASES } from './conv-cases.ts';
import { HEAD_CASES } from './head-cases.ts';
import { lean } from './lean.ts';

/** Shaders and rungs that cases run. */
function met(cases: readonly KernelCase[]): Set<string> {
  return new Set(
    cases.flatMap((example) => {
      const run = new KernelRun('met');
      example.build(run);
      return run.nodes.map(({ shader, rung }) => `${shader} ${rung}`);
    }),
  );
}

it.each([
  ['conv2d', CONV_CASES],
  ['upConv', UP_CASES],
  ['heads', HEAD_CASES],
])('a few cases of %s meet every shader and rung', (_, cases) => {
  const few = lean(cases);
  expect(few.length).toBeLessThan(0.6 * cases.length);
  expect(met(few)).toEqual(met(cases));
});
