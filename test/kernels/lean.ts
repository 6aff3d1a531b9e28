/**
 * Of many cases a few that still meet everything once. On CPU adapters compiling takes most of the time of kernel
 * tests, so `npm test` runs these in Chrome and `npm run test:all` every case (`*.slow.gpu.test.ts`).
 */
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import { loadAllShaders, shaderText } from '../../src/kernels/shader.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import type { KernelCase } from './conv-cases.ts';

await loadAllShaders(); // texts say what a case takes

/** Where operands in slots begin. */
const OFFSETS: ReadonlySet<string> = new Set(['in_scale', 'in_shift', 'out_scale', 'bias']);

function wordOf(value: unknown): string {
  if (typeof value !== 'number') return JSON.stringify(value);
  return value > 1 ? 'many' : 'one';
}

/**
 * What a dispatch meets: its shader and rung, with each word that its text depends on, and whether each of its numbers is none or
 * some, which is how optional operands, first rows and single parts are told. Of an operand in a slot only that it is there: the
 * same code finds a slot for each.
 */
function* metBy({ shader, parts = [], rung, substitutions, overrides, uniforms }: KernelRecord): Generator<string> {
  yield `${shader} ${rung}`;
  const inSlots = parts.includes('operands');
  for (const [name, value] of Object.entries(substitutions ?? {})) yield `${shader} ${name} ${wordOf(value)}`;
  for (const [name, value] of Object.entries(overrides ?? {})) {
    yield `${shader} ${name} ${inSlots ? 'there' : wordOf(value)}`;
  }
  for (const { name, value } of uniforms) {
    if (inSlots && OFFSETS.has(name)) continue;
    yield `${shader} ${name} ${value === 0 ? 'none' : 'some'}`;
  }
}

/** What is compiled for a dispatch. */
const pipelineOf = ({ shader, substitutions, overrides }: KernelRecord): string =>
  JSON.stringify([shader, substitutions, overrides]);

/** A text of so many characters counts as one, one of twice as many as four: unrolled loops take compilers longest. */
const LONG_TEXT = 5000;

/** What a case meets, and what it takes: pipelines, with the lengths of their texts. */
interface Example {
  readonly met: Set<string>;
  readonly pipelines: Map<string, number>;
}

function exampleOf(kernelCase: KernelCase): Example {
  const run = new KernelRun('lean');
  kernelCase.build(run);
  return {
    met: new Set(run.nodes.flatMap((record) => [...metBy(record)])),
    pipelines: new Map(run.nodes.map((record) => [pipelineOf(record), shaderText(record).text.length])),
  };
}

/** New things for what is compiled for them; a case that compiles nothing is all but free. */
function worth({ met, pipelines }: Example): number {
  const costs = Array.from(pipelines.values(), (length) => (length / LONG_TEXT) ** 2);
  return met.size / costs.reduce((sum, cost) => sum + cost, 0.1);
}

/**
 * A few of `cases`, in their order, that meet what all of them meet; each next one is the one with the most that is new for what
 * has to be compiled.
 */
export function lean(cases: readonly KernelCase[]): readonly KernelCase[] {
  const left = new Map(cases.map((kernelCase) => [kernelCase, exampleOf(kernelCase)]));
  const taken = new Set<KernelCase>();
  for (;;) {
    const [best] = [...left].filter(([, { met }]) => met.size > 0).sort(([, a], [, b]) => worth(b) - worth(a));
    if (!best) return cases.filter((kernelCase) => taken.has(kernelCase));
    const [kernelCase, { met, pipelines }] = best;
    taken.add(kernelCase);
    left.delete(kernelCase);
    for (const other of left.values()) {
      for (const one of met) other.met.delete(one);
      for (const one of pipelines.keys()) other.pipelines.delete(one);
    }
  }
}
