/** Every rung of every ladder can be found in the dispatches it makes, and has trials with answers. */
import { expect, it } from 'vitest';
import { DEFAULT_FACTS, LADDERS, type Rung } from '../../src/kernels/choose.ts';
import { shaderNames } from '../../src/kernels/shader.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { RUNG_OF_SHADER, rungsOf } from '../../src/tuning/self-test.ts';
import { trialsOf } from '../../src/tuning/trials.ts';

const RUNGS = Object.entries(LADDERS).flatMap(([family, variants]) => variants.map((v) => `${family}/${v}` as Rung));

it('knows the shaders of every rung, and no others', () => {
  expect(new Set([...Object.values(RUNG_OF_SHADER), 'sum/alone', 'sum/shared'])).toEqual(new Set(RUNGS));
  expect(shaderNames()).toEqual(expect.arrayContaining(Object.keys(RUNG_OF_SHADER)));
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
