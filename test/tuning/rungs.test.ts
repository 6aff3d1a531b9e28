/** Every rung of the table names itself in the dispatches it makes, and has trials with answers. */
import { expect, it } from 'vitest';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { RUNGS, rowOf, usesProducts, variantsOf } from '../../src/kernels/rungs.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { rungsOf } from '../../src/tuning/self-test.ts';
import { trialsOf } from '../../src/tuning/trials.ts';

it('rungs of convolutions and up-convolutions of one name agree on whether they come down to products', () => {
  for (const variant of variantsOf('upConv')) {
    expect(rowOf('upConv', variant).products !== undefined).toBe(usesProducts(variant));
  }
});

it.each(RUNGS)('%s has trials that run it, on odd sizes, with numbers as answers', (rung) => {
  for (const trial of trialsOf(rung, DEFAULT_FACTS, { dtype: 'i8', layers: 3 })) {
    const run = new KernelRun();
    const { output, expected } = trial(run);
    expect(rungsOf(run.nodes)).toContain(rung);
    const answers = Array.from(expected());
    expect(answers.length).toBe(output.shape.reduce((a, b) => a * b, 1));
    expect(answers.every(Number.isFinite)).toBe(true);
    expect(answers.some((v) => Math.abs(v) > 0.01)).toBe(true);
  }
});
