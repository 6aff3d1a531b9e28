/**
 * Times the valid variants of a network's convolutions on the adapter, the costliest shapes first, until its time is up;
 * shapes it does not reach keep the rule's choice. Whether a kernel computes rightly is not asked here: the self-test of what was
 * chosen follows. Real dispatches of real sizes, weights and pictures of zeros.
 */
import { HyperStyleError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { candidates, chooseConv2d, chooseUpConv, type KernelFacts, type MeasuredChoices } from '../kernels/choose.ts';
import { conv2d, prepareConvWeight } from '../kernels/conv2d.ts';
import { usesProducts } from '../kernels/rungs.ts';
import { upConv, upConvWeight } from '../kernels/upconv.ts';
import { DeviceBuffers } from '../runtime/buffers.ts';
import { compileGraphs } from '../runtime/compile.ts';
import type { PipelineCache } from '../runtime/pipelines.ts';
import { tensor } from '../tensor.ts';
import { type AnyChoice, ChoiceTable, fastest, type Measured, type Task, taskFlops, taskKey } from './choices.ts';
import { Deadline } from './deadline.ts';
import { type Encode, GpuTimer } from './timer.ts';

/**
 * All the time a tuning may take, in seconds. It ends at most one sample later; hosts that compile without giving way
 * (Deno) may take one pipeline longer.
 */
const BUDGET_SECONDS = 1.5;
/** Seconds of one measurement; the fastest of a few counts. */
const BATCH_SECONDS = 0.008;
const SAMPLES = 2;
/** A candidate whose run takes this many times the best one's is not measured again, */
const HOPELESS = 3;
/** and with this many times not tried on other shapes: time is better spent on those. */
const USELESS = 6;
/**
 * Multiply-adds (as two) of the largest trial: a CPU adapter does about 1 GFLOP a second; less would leave a large GPU
 * half empty.
 */
const LARGEST_TRIAL = { software: 2e7, gpu: 1e10 } as const;

/** What {@link tune} needs. */
export interface TuneArgs {
  readonly device: GPUDevice;
  readonly pipelines: PipelineCache;
  readonly facts: KernelFacts;
  /** Shapes, costliest first. */
  readonly tasks: readonly Task[];
  /** Seconds; {@link BUDGET_SECONDS} when absent. */
  readonly budget?: number | undefined;
}

/** One tuning under way. */
interface Tuning extends TuneArgs {
  readonly deadline: Deadline;
  readonly timer: GpuTimer;
  /** Candidates that are not tried any more, as {@link candidateKey}. */
  readonly useless: Set<string>;
}

const candidateKey = ({ family }: Task, { variant, product }: AnyChoice): string => `${family} ${variant} ${product}`;

/** Shows the step of the adapter's clock and takes no time. */
const NOTHING: Encode = (encoder, timestampWrites) =>
  encoder.beginComputePass({ label: 'nothing', ...(timestampWrites && { timestampWrites }) }).end();

/** Measures until the time is up. @throws `memory` errors */
export async function tune(a: TuneArgs): Promise<ChoiceTable> {
  const deadline = new Deadline(a.budget ?? BUDGET_SECONDS);
  const choices = new Map<string, AnyChoice>();
  const timer = await GpuTimer.open(a.device, NOTHING, { probes: 3, batchSeconds: BATCH_SECONDS });
  const tuning: Tuning = { ...a, deadline, timer, useless: new Set() };
  try {
    for (const task of a.tasks) {
      const choice = await fastestOf(task, tuning);
      if (choice) choices.set(taskKey(task), choice);
      if (deadline.over) break;
    }
  } finally {
    timer.destroy();
  }
  return new ChoiceTable(choices);
}

/** The fastest of the candidates that there was time for; undefined where that leaves nothing to compare. */
async function fastestOf(task: Task, t: Tuning): Promise<AnyChoice | undefined> {
  const { facts } = t;
  const conv = task.family === 'conv2d';
  const rule: AnyChoice = conv ? chooseConv2d(task.shape, facts) : chooseUpConv(task.shape, facts);
  const all: AnyChoice[] = conv ? candidates('conv2d', task.shape, facts) : candidates('upConv', task.shape, facts);
  const others = all.filter((other) => isWorthTrying(task, other, rule, t));
  if (others.length === 0) return undefined;
  const trial = shortened(task, LARGEST_TRIAL[facts.software ? 'software' : 'gpu']);
  const share = taskFlops(trial) / taskFlops(task);
  const measured: Measured[] = [];
  for (const choice of [rule, ...others]) {
    const best = Math.min(...measured.map(({ seconds }) => seconds));
    const seconds = await measure(trial, choice, t, best, share).catch(ifItDoesNotCompile);
    if (seconds === undefined) break;
    measured.push({ choice, seconds });
    if (seconds > USELESS * best) t.useless.add(candidateKey(task, choice));
  }
  return measured.length > 1 ? fastest(measured, rule) : undefined;
}

/**
 * CPU drivers take up to two seconds to compile a rung without products, which is then 10 to 100 times slower than one
 * with them.
 */
function isWorthTrying(task: Task, choice: AnyChoice, rule: AnyChoice, { facts, useless }: Tuning): boolean {
  if (facts.software && usesProducts(rule.variant) && !usesProducts(choice.variant)) return false;
  const key = candidateKey(task, choice);
  return key !== candidateKey(task, rule) && !useless.has(key);
}

/** A candidate that does not compile is never the fastest. */
function ifItDoesNotCompile(error: unknown): number {
  if (error instanceof HyperStyleError && error.code === 'shader') return Number.POSITIVE_INFINITY;
  throw error;
}

/** The same convolution on fewer rows, until it is no more than `flops` of work. */
function shortened(task: Task, flops: number): Task {
  let [rows, columns] = task.shape.spatial;
  while (rows > 8 && taskFlops(resized(task, rows, columns)) > flops) rows = Math.ceil(rows / 2);
  return resized(task, rows, columns);
}

function resized(task: Task, rows: number, columns: number): Task {
  const spatial = [rows, columns] as const;
  if (task.family === 'conv2d') return { family: 'conv2d', shape: { ...task.shape, spatial } };
  return { family: 'upConv', shape: { ...task.shape, spatial } };
}

/**
 * Seconds of one run of a choice; undefined when time is up before.
 * @param share of the whole convolution that `task` is: a filter that is made anew each step counts with as much of its making
 */
async function measure(
  task: Task,
  choice: AnyChoice,
  t: Tuning,
  best: number,
  share: number,
): Promise<number | undefined> {
  const { device, pipelines, deadline } = t;
  const [prepare, run] = record(task, choice, t.facts);
  for (const node of [...prepare.nodes, ...run.nodes]) {
    if (deadline.over || !(await deadline.within(pipelines.get(node)))) return undefined;
  }
  const buffers = new DeviceBuffers(device);
  try {
    await buffers.allocate([...prepare.persistentTensors(), ...run.persistentTensors()]);
    const { executables } = await compileGraphs(buffers, pipelines, [prepare, run]);
    if (deadline.over) return undefined;
    const [making, running] = executables;
    making?.submit(device);
    const seconds = await sampled((encoder, stamps) => running?.encode(encoder, 0, run.nodes.length, stamps), t, best);
    const remade = task.family === 'conv2d' && task.shape.retuned && prepare.nodes.length > 0;
    if (!remade || seconds === undefined) return seconds;
    const filter = await sampled(
      (encoder, stamps) => making?.encode(encoder, 0, prepare.nodes.length, stamps),
      t,
      best,
    );
    return filter === undefined ? undefined : seconds + share * filter;
  } finally {
    buffers.destroy();
  }
}

/** The fastest of a few samples after one that warms up: some drivers compile when a pipeline is first used. */
async function sampled(encode: Encode, { timer, deadline }: Tuning, best: number): Promise<number | undefined> {
  let seconds = await timer.seconds(encode);
  for (let i = 0; i < SAMPLES; i++) {
    if (deadline.over) return undefined;
    seconds = Math.min(seconds, await timer.seconds(encode, seconds));
    if (seconds > HOPELESS * best + timer.facts.emptySubmit) break;
  }
  return seconds;
}

/** The graphs of one convolution by one choice: its filter, and itself. */
function record(task: Task, choice: AnyChoice, facts: KernelFacts): [prepare: Graph, run: Graph] {
  const [prepare, run] = [new Graph('tuning weights'), new Graph('tuning')];
  const always: MeasuredChoices = {
    conv2d: () => choice,
    upConv: () => choice as ReturnType<MeasuredChoices['upConv']>,
  };
  const forced: KernelFacts = { ...facts, forced: undefined, forcedUp: undefined, tuned: always };
  const { inChannels, outChannels, spatial } = task.shape;
  const [rows, columns] = spatial;
  const label = taskKey(task);
  const outScale = { tensor: tensor('scale', [outChannels]), offset: 0 };
  const bias = { tensor: tensor('bias', [outChannels]), offset: 0 };
  if (task.family === 'conv2d') {
    const { groups, kernel } = task.shape;
    const stride = task.shape.stride === 2 ? 2 : 1;
    const stored = tensor('weight', [groups, inChannels / groups, kernel, kernel, outChannels / groups]);
    const weight = prepareConvWeight(prepare, { label, weight: stored, stride, spatial, facts: forced });
    const input = tensor('x', [inChannels, rows * stride, columns * stride]);
    const output = tensor('y', [outChannels, rows, columns]);
    conv2d(run, { label, input, weight, stride, outScale, bias, output });
  } else {
    const stored = tensor('weight', [inChannels, 3, 3, outChannels]);
    const weight = upConvWeight(prepare, { label, weight: stored, spatial, facts: forced });
    const output = tensor('y', [outChannels, 2 * rows, 2 * columns]);
    upConv(run, { label, input: tensor('x', [inChannels, rows, columns]), weight, outScale, bias, output });
  }
  return [prepare, run];
}
