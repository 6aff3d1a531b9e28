/**
 * Times the valid variants of a network's convolutions on the adapter, the costliest shapes first, until its time is up;
 * shapes it does not reach keep the rule's choice. Real dispatches of real sizes, weights and pictures of zeros.
 */
import { DeviceBuffers } from '../graph/buffers.ts';
import { compileGraphs } from '../graph/compile.ts';
import { Graph } from '../graph/graph.ts';
import type { PipelineCache } from '../graph/pipelines.ts';
import {
  type AdapterFacts,
  chooseConv2d,
  chooseUpConv,
  conv2dCandidates,
  type MeasuredChoices,
  upConvCandidates,
} from '../kernels/choose.ts';
import { conv2d, prepareConvWeight } from '../kernels/conv2d.ts';
import { upConv, upConvWeight } from '../kernels/upconv.ts';
import { tensor } from '../tensor.ts';
import { type AnyChoice, ChoiceTable, fastest, type Measured, type Task, taskFlops, taskKey } from './choices.ts';
import { type Encode, GpuTimer } from './timer.ts';

/** All the time a tuning may take, in seconds; the last shape may overrun it by its slowest candidate. */
const BUDGET_SECONDS = 1.5;
/** Seconds of one measurement; the fastest of a few counts. */
const BATCH_SECONDS = 0.008;
const SAMPLES = 2;
/** A candidate whose first run takes this many times the best one's is not measured again. */
const HOPELESS = 3;
/** Multiply-adds (as two) of the largest trial: a CPU adapter does about 1 GFLOP a second. */
const LARGEST_TRIAL = { software: 2e7, gpu: 4e9 } as const;

/** What {@link tune} needs. */
export interface TuneArgs {
  readonly device: GPUDevice;
  readonly pipelines: PipelineCache;
  readonly facts: AdapterFacts;
  /** Shapes, costliest first. */
  readonly tasks: readonly Task[];
  /** Seconds; {@link BUDGET_SECONDS} when absent. */
  readonly budget?: number | undefined;
}

/** Measures until the time is up. @throws `memory` and `shader` errors */
export async function tune(a: TuneArgs): Promise<ChoiceTable> {
  const end = performance.now() + 1000 * (a.budget ?? BUDGET_SECONDS);
  const choices = new Map<string, AnyChoice>();
  let timer: GpuTimer | undefined;
  const timerFor = async (probe: Encode): Promise<GpuTimer> => {
    timer ??= await GpuTimer.open(a.device, probe, { probes: 3, batchSeconds: BATCH_SECONDS });
    return timer;
  };
  try {
    for (const task of a.tasks) {
      if (performance.now() >= end) break;
      choices.set(taskKey(task), await fastestOf(task, a, timerFor));
    }
  } finally {
    timer?.destroy();
  }
  return new ChoiceTable(choices);
}

async function fastestOf(task: Task, a: TuneArgs, timerFor: (probe: Encode) => Promise<GpuTimer>): Promise<AnyChoice> {
  const { facts } = a;
  const conv = task.family === 'conv2d';
  const rule: AnyChoice = conv ? chooseConv2d(task.shape, facts) : chooseUpConv(task.shape, facts);
  const all: AnyChoice[] = conv ? conv2dCandidates(task.shape, facts) : upConvCandidates(task.shape, facts);
  const ordered = [rule, ...all.filter(({ variant, product }) => variant !== rule.variant || product !== rule.product)];
  const trial = shortened(task, LARGEST_TRIAL[facts.software ? 'software' : 'gpu']);
  const measured: Measured[] = [];
  for (const choice of ordered) {
    const best = Math.min(...measured.map(({ seconds }) => seconds));
    measured.push({ choice, seconds: await measure(trial, choice, a, best, timerFor) });
  }
  return fastest(measured, rule);
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

/** Seconds of one run of a choice; of its first run where that is hopeless already. */
async function measure(
  task: Task,
  choice: AnyChoice,
  { device, pipelines, facts }: TuneArgs,
  best: number,
  timerFor: (probe: Encode) => Promise<GpuTimer>,
): Promise<number> {
  const buffers = new DeviceBuffers(device);
  try {
    const [prepare, run] = record(task, choice, facts);
    await buffers.allocate([...prepare.persistentTensors(), ...run.persistentTensors()]);
    const { executables } = await compileGraphs(buffers, pipelines, [prepare, run]);
    executables[0]?.submit(device);
    const encode: Encode = (encoder, stamps) =>
      executables[1]?.encode(encoder, 0, executables[1].dispatches.length, stamps);
    const timer = await timerFor(encode);
    const first = await timer.seconds(encode);
    if (first > HOPELESS * best + timer.facts.emptySubmit) return first;
    let seconds = first;
    for (let i = 0; i < SAMPLES; i++) seconds = Math.min(seconds, await timer.seconds(encode, seconds));
    return seconds;
  } finally {
    buffers.destroy();
  }
}

/** The graphs of one convolution by one choice: its filter, and itself. */
function record(task: Task, choice: AnyChoice, facts: AdapterFacts): [prepare: Graph, run: Graph] {
  const [prepare, run] = [new Graph('tuning weights'), new Graph('tuning')];
  const always: MeasuredChoices = {
    conv2d: () => choice,
    upConv: () => choice as ReturnType<MeasuredChoices['upConv']>,
  };
  const forced: AdapterFacts = { ...facts, forced: undefined, forcedUp: undefined, tuned: always };
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
