/**
 * Of many cases a few that still meet everything once. On CPU adapters compiling takes most of the time of kernel
 * tests, so `npm test` runs these in Chrome and `npm run test:all` every case (`*.slow.gpu.test.ts`).
 */
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import type { KernelCase } from './conv-cases.ts';

const sizeOf = (value: number): string => (value > 1 ? 'many' : 'one');

/**
 * What a dispatch meets: its shader and rung, with each word that its text depends on, and whether each of its numbers is none or
 * some, which is how optional operands, first rows and single parts are told.
 */
function* metBy({ shader, rung, substitutions, overrides, uniforms }: KernelRecord): Generator<string> {
  yield `${shader} ${rung}`;
  for (const [name, value] of Object.entries({ ...substitutions, ...overrides })) {
    yield `${shader} ${name} ${typeof value === 'number' ? sizeOf(value) : JSON.stringify(value)}`;
  }
  for (const { name, value } of uniforms) yield `${shader} ${name} ${value === 0 ? 'none' : 'some'}`;
}

function metByCase(example: KernelCase): Set<string> {
  const run = new KernelRun('lean');
  example.build(run);
  return new Set(run.nodes.flatMap((record) => [...metBy(record)]));
}

/** A few of `cases`, in their order, that meet what all of them meet; each next one is the one with the most that is new. */
export function lean(cases: readonly KernelCase[]): readonly KernelCase[] {
  const left = new Map(cases.map((example) => [example, metByCase(example)]));
  const taken = new Set<KernelCase>();
  for (;;) {
    const [most] = [...left].sort(([, a], [, b]) => b.size - a.size);
    if (!most || most[1].size === 0) return cases.filter((example) => taken.has(example));
    const [example, met] = most;
    taken.add(example);
    left.delete(example);
    for (const others of left.values()) for (const one of met) others.delete(one);
  }
}
