/**
 * Every kernel of the way back by itself, at sizes of the shipped model, against the adapter's ceilings. Gradients of a case must agree
 * with differences of its own results first: along one random direction of all inputs, since a difference an input would take thousands
 * of runs.
 */
import { Tape } from '../../src/gradients/tape.ts';
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { compileGraphs } from '../../src/runtime/compile.ts';
import type { Executable } from '../../src/runtime/executable.ts';
import { KernelRun, readTensors } from '../../src/runtime/kernel-run.ts';
import { byteLength, elementCount, type Tensor, tensor } from '../../src/tensor.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import { BACKWARD_CASES, type BackwardCase } from '../cases/backward.ts';
import { randomValues } from '../cases/random.ts';
import { openPace, type Pace } from '../ceilings.ts';
import type { Check } from '../report.ts';
import type { SuiteContext } from './context.ts';
import { measureSpan } from './dispatches.ts';

/** Length of a step along the direction: long enough that rounding hardly matters, short enough that curvature does not. */
const STEP = 2 ** -7;

/** A case that was recorded forward and back. */
export interface RecordedCase {
  readonly graph: KernelRun;
  readonly step: number;
  /** Dispatches before it belong to the op itself. */
  readonly firstBack: number;
  readonly inputs: readonly Input[];
  readonly results: readonly Tensor[];
  /** To each result. */
  readonly cotangents: readonly Input[];
  /** To each input that is no constant, in their order. */
  readonly gradients: readonly Tensor[];
}

interface Input {
  readonly tensor: Tensor;
  readonly values: Float32Array<ArrayBuffer>;
  readonly constant: boolean;
}

/** Records a case on a tape (pure). */
export function recordCase({ name, step = STEP, build }: BackwardCase, facts: SuiteContext['facts']): RecordedCase {
  const graph = new KernelRun(name);
  const tape = new Tape(graph, facts);
  const inputs: Input[] = [];
  const add = (key: string, shape: Tensor['shape'], given?: ArrayLike<number>): Input => {
    const made = tensor(key, shape);
    const values = given ? Float32Array.from(given) : randomValues(inputs.length + 1, elementCount(shape), 0.5, 0.25);
    return { tensor: made, values, constant: given !== undefined };
  };
  const results = build(
    tape,
    (key, shape, given) => {
      const input = add(key, shape, given);
      inputs.push(input);
      return input.tensor;
    },
    facts,
  );
  const firstBack = graph.nodes.length;
  const cotangents = results.map((of, i) => add(`cotangent ${i}`, of.shape));
  const seeds = results.map((of, i) => ({ of, gradient: cotangents[i]?.tensor ?? of }));
  const learned = inputs.filter(({ constant }) => !constant).map((input) => input.tensor);
  return { graph, step, firstBack, inputs, results, cotangents, gradients: tape.backward(seeds, learned) };
}

/** The dispatches to time: of each kernel that the op itself does not use the one that touches most (pure). */
export function kernelsBack({ graph, firstBack }: RecordedCase): number[] {
  const keyOf = ({ op, shader }: KernelRecord): string => `${op} ${shader}`;
  const own = new Set(graph.nodes.slice(0, firstBack).map(keyOf));
  const best = new Map<string, number>();
  graph.nodes.forEach((node, i) => {
    if (i < firstBack || own.has(keyOf(node))) return;
    const other = graph.nodes[best.get(keyOf(node)) ?? -1];
    if (!other || bytesOf(node) > bytesOf(other)) best.set(keyOf(node), i);
  });
  return [...best.values()];
}

const bytesOf = ({ bindings }: KernelRecord): number =>
  [...new Set(bindings.map((binding) => binding.tensor))].reduce((sum, of) => sum + byteLength(of), 0);

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

/** How far gradients are from the difference of results along a direction, beside the numbers that it is the sum of. */
async function checkCase(
  device: GPUDevice,
  buffers: DeviceBuffers,
  executable: Executable,
  a: RecordedCase,
): Promise<Check> {
  const learned = a.inputs.filter(({ constant }) => !constant);
  const directions = learned.map(({ values }, i) => randomValues(i + 101, values.length));
  const read = async (tensors: readonly Tensor[]): Promise<Float32Array[]> =>
    (await readTensors(buffers, tensors)).map((bytes) => new Float32Array(bytes));
  const along = async (step: number): Promise<number> => {
    learned.forEach(({ tensor: of, values }, i) => {
      buffers.write(
        of,
        values.map((value, k) => value + step * (directions[i]?.[k] ?? 0)),
      );
    });
    executable.submit(device);
    const results = await read(a.results);
    return results.reduce((sum, values, i) => sum + dot(values, a.cotangents[i]?.values ?? []), 0);
  };
  const difference = ((await along(a.step)) - (await along(-a.step))) / (2 * a.step);
  await along(0);
  const gradients = await read(a.gradients);
  let [sum, squares] = [0, 0];
  gradients.forEach((gradient, i) => {
    const terms = gradient.map((value, k) => value * (directions[i]?.[k] ?? 0));
    sum += terms.reduce((x, y) => x + y, 0);
    squares += dot(terms, terms);
  });
  const against = 'difference of results along a random direction';
  return { error: Math.abs(difference - sum) / Math.sqrt(squares), tolerance: TOLERANCE.gradientAlong, against };
}

async function runCase(c: SuiteContext, one: BackwardCase, pace: Pace): Promise<void> {
  const recorded = recordCase(one, c.facts);
  const { graph, inputs, cotangents } = recorded;
  const buffers = new DeviceBuffers(c.device);
  try {
    const given = [...inputs, ...cotangents];
    await buffers.allocate([...given.map((input) => input.tensor), ...graph.persistentTensors()]);
    for (const { tensor: of, values } of given) buffers.write(of, values);
    const [executable] = (await compileGraphs(buffers, c.pipelines, [graph])).executables;
    if (!executable) throw new Error(`case "${one.name}" compiled to nothing`);
    const check = await checkCase(c.device, buffers, executable, recorded);
    for (const at of kernelsBack(recorded)) {
      const row = await measureSpan(c, { executable, from: at, to: at + 1, count: 1 }, pace, check);
      await c.row({ ...row, suite: 'gradients', group: one.name, name: row.variant, check });
    }
  } finally {
    buffers.destroy();
  }
}

/** Rows of all kernels of the way back that the filter leaves. */
export async function backwardKernels(c: SuiteContext): Promise<void> {
  const words = c.options.filter.split(/\s+/).filter(Boolean);
  const cases = BACKWARD_CASES.filter(({ name }) => words.every((word) => name.includes(word)));
  const pace = await openPace(c.device, c.timer, c.ceilings);
  try {
    for (const one of cases) await runCase(c, one, pace);
  } finally {
    pace.destroy();
  }
}
