/**
 * What learning costs: one step on all weights of the shipped generator (picture, squared error, gradients) against its
 * picture alone, in one contest; then which kernels of the step take how much, and the memory that forward and backward
 * need together. Last each kernel of the way back by itself (`backward.ts`).
 */
import type { GeneratorSizes } from '../../src/architecture.ts';
import { Tape } from '../../src/gradients/tape.ts';
import { Graph } from '../../src/graph/graph.ts';
import { planGraphs } from '../../src/graph/plan.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import type { Recorder } from '../../src/kernels/kernel.ts';
import { squaredLoss } from '../../src/kernels/losses.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { addInto, fill } from '../../src/kernels/sums.ts';
import { trainableGenerator } from '../../src/models/trainable-generator.ts';
import { TrainablePlan } from '../../src/models/trainable-plan.ts';
import type { Executable } from '../../src/runtime/executable.ts';
import type { Mounted } from '../../src/runtime/mounted.ts';
import { Runtime } from '../../src/runtime/runtime.ts';
import { byteLength, elementCount, owner, type Tensor, tensor } from '../../src/tensor.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import { randomValues } from '../cases/random.ts';
import { type Contestant, contest } from '../contest.ts';
import type { BenchRow, Check } from '../report.ts';
import { backwardKernels } from './backward.ts';
import type { SuiteContext } from './context.ts';

type StepGraph = 'picture' | 'step' | 'checked' | 'direct';

/** The recorded graphs, and what one run leaves where it can be read. */
interface Learning {
  readonly plan: TrainablePlan;
  readonly graphs: ReadonlyMap<StepGraph, Graph>;
  /** To which gradients are found; the state has these one after another. */
  readonly weights: readonly Tensor[];
  readonly state: Readonly<Record<'latents' | 'target' | 'gradients' | 'expected', Tensor>>;
}

/** Records the picture and its distance from the target. */
function recordLoss(
  g: Recorder,
  a: { plan: TrainablePlan; facts: KernelFacts; latents: Tensor; target: Tensor; sizes: GeneratorSizes },
): Tensor {
  const { output } = trainableGenerator(g, a);
  return squaredLoss(g, { label: 'l2', input: output, target: a.target });
}

function record(folder: Pick<WeightSource, 'tensors' | 'architecture'>, facts: KernelFacts): Learning {
  const sizes = folder.architecture;
  const plan = new TrainablePlan(folder.tensors, new Graph('unused'));
  const latents = tensor('latents', [sizes.latentCount, sizes.styleDim]);
  const target = tensor('target', [3, sizes.size, sizes.size]);
  const common = { plan, latents, target, sizes };
  const picture = new Graph('picture');
  recordLoss(picture, { ...common, facts });
  const weights = parametersOf(plan);
  const count = weights.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const [gradients, expected] = [tensor('gradients', [count]), tensor('expected', [count])];
  const step = (name: string, by: KernelFacts, into?: Tensor): Graph => {
    const g = new Graph(name);
    const tape = new Tape(g, by);
    const loss = recordLoss(tape, { ...common, facts: by });
    const seed = fill(g, g.transient('one', [1]), 1);
    const found = tape.backward([{ of: loss, gradient: seed }], weights);
    let offset = 0;
    for (const gradient of into ? found : []) {
      addInto(g, { a: gradient, target: { tensor: into ?? gradient, offset }, keep: false });
      offset += elementCount(gradient.shape);
    }
    return g;
  };
  const graphs = new Map<StepGraph, Graph>([
    ['picture', picture],
    ['step', step('step', facts)],
    ['checked', step('checked', facts, gradients)],
    ['direct', step('direct', { ...facts, forced: 'direct' }, expected)],
  ]);
  return { plan, graphs, weights, state: { latents, target, gradients, expected } };
}

/** Every weight of the generator but its mapping network's and its noise. */
function parametersOf(plan: TrainablePlan): Tensor[] {
  const keys = [...plan.parameters.keys()].filter((key) => !/\.noises\./.test(key));
  return [...new Set(keys.flatMap((key) => plan.parameters.get(key)?.tensor ?? []).map(owner))];
}

/** Seconds of every op of a graph, one contestant a dispatch, added up by op: roughly, each replayed alone. */
async function secondsByOp(
  c: SuiteContext,
  executable: Executable,
): Promise<Map<string, { seconds: number; n: number }>> {
  const found = new Map<string, { seconds: number; n: number }>();
  for (const [i, { record: node }] of executable.dispatches.entries()) {
    const encode = (encoder: GPUCommandEncoder, stamps?: GPUComputePassTimestampWrites): void =>
      executable.encode(encoder, i, i + 1, stamps);
    const estimate = await c.timer.seconds(encode);
    const seconds = Math.min(await c.timer.seconds(encode, estimate), await c.timer.seconds(encode, estimate));
    const key = `${node.op} (${node.shader})`;
    const sum = found.get(key) ?? { seconds: 0, n: 0 };
    found.set(key, { seconds: sum.seconds + seconds, n: sum.n + 1 });
  }
  return found;
}

/** The largest error of a weight's gradient, each by itself: a bias would hardly move the error of all together. */
async function checkGradients(mounted: Mounted<StepGraph>, { weights, state }: Learning): Promise<Check> {
  mounted.run('checked', 'direct');
  const [actual, expected] = [await mounted.read(state.gradients), await mounted.read(state.expected)];
  let worst = { name: '', error: 0 };
  let first = 0;
  for (const { name, shape } of weights) {
    const end = first + elementCount(shape);
    const error = relativeError(actual.subarray(first, end), expected.subarray(first, end));
    if (error > worst.error) worst = { name, error };
    first = end;
  }
  const against = `gradients by the plain rungs; ${worst.name} is furthest off`;
  return { error: worst.error, tolerance: TOLERANCE.gradient, against };
}

/** The suite. */
export async function gradientSuite(c: SuiteContext): Promise<void> {
  const folder = await openModelFolder(c.url('model/'));
  const learning = record(folder, c.facts);
  const runtime = new Runtime({ ...c.opened });
  try {
    const mounted = await runtime.mount({ name: 'step', ...learning }, folder);
    const { latents, target } = learning.state;
    for (const of of [latents, target]) mounted.write(of, randomValues(3, elementCount(of.shape)));
    const checked = await checkGradients(mounted, learning);
    const contestants = (['picture', 'step'] as const).map((name): Contestant => {
      const sample = (estimate: number): Promise<number> => c.timer.work(() => mounted.run(name), estimate);
      return { name, check: async () => checked, sample };
    });
    const { rounds, budget } = c.options;
    const results = await contest(contestants, { rounds, budget, warmUps: 2, leastRounds: 3 });
    for (const { name, seconds, check } of results) {
      await c.row(rowOf(name, mounted.executable(name as StepGraph), { seconds, check }));
    }
    const [picture, step] = results.map(({ seconds }) => seconds?.median ?? Number.NaN);
    const ratio = (step ?? 0) / (picture ?? 0);
    await c.finding({
      suite: 'gradients',
      text: `${folder.name}: forward and backward take ${ratio.toFixed(2)} times the forward`,
    });
    await c.finding({ suite: 'gradients', text: memoryLine(learning) });
    for (const name of ['picture', 'step'] as const) {
      for (const text of await shares(c, mounted.executable(name))) await c.finding({ suite: 'gradients', text });
    }
  } finally {
    runtime.release();
  }
  await backwardKernels(c);
}

function rowOf(
  name: string,
  executable: Executable,
  { seconds, check }: Pick<BenchRow, 'seconds' | 'check'>,
): BenchRow {
  return {
    suite: 'gradients',
    group: 'shipped generator',
    name,
    what: `w → picture, L2${name === 'picture' ? '' : ' → gradients to all weights'}`,
    variant: `${executable.dispatches.length} dispatches`,
    scaled: null,
    count: 1,
    check,
    seconds,
    flops: executable.flops,
    bytes: 0,
    pace: null,
  };
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Planned memory of a step beside that of a picture. */
function memoryLine({ plan, graphs }: Learning): string {
  const need = (name: StepGraph): string => {
    const graph = graphs.get(name);
    const slots = graph ? planGraphs([graph]).slots : [];
    const kept = graph ? graph.persistentTensors().filter((t) => !plan.targets.includes(t)) : [];
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return `${mebibytes(sum(slots))} in slots and ${mebibytes(sum(kept.map(byteLength)))} kept`;
  };
  return `planned memory besides weights: picture ${need('picture')}, step ${need('step')}`;
}

async function shares(c: SuiteContext, executable: Executable): Promise<string[]> {
  const byOp = [...(await secondsByOp(c, executable))].sort(([, a], [, b]) => b.seconds - a.seconds);
  const total = byOp.reduce((sum, [, { seconds }]) => sum + seconds, 0);
  const line = ([op, { seconds, n }]: (typeof byOp)[number]): string =>
    `${executable.name} ${((100 * seconds) / total).toFixed(1)} %: ${op}, ${n} dispatches, ${(1e3 * seconds).toFixed(2)} ms`;
  return [`${executable.name}: ${(1e3 * total).toFixed(1)} ms, dispatch by dispatch`, ...byOp.slice(0, 25).map(line)];
}
