/**
 * The schedule of pivotal tuning: steps of Adam at a constant rate until there are enough, LPIPS is small enough, or
 * the caller stops. What was good last is kept on the device, so that a loss that is no number costs the steps since
 * then and nothing else.
 */
import { throwIfAborted } from '../errors.ts';
import { gaussian } from '../gaussian.ts';
import { byteLength } from '../tensor.ts';
import type { Engine, Sums } from './engine.ts';
import type { Losses } from './losses.ts';
import { nearPivot } from './near-pivot.ts';
import { ensureFinite, type RunHooks } from './optimise-latents.ts';
import type { PivotGraph, PivotNetwork } from './pivot-network.ts';
import type { Learner } from './tuner.ts';

/** Numbers of the schedule. */
export interface PivotSchedule {
  readonly steps: number;
  /** Rate of Adam. */
  readonly rate: number;
  /** The run ends before the step at which LPIPS, or without LPIPS the squared error, is at most this; 0 never. */
  readonly stopAt: number;
  /** Latents of the locality regularisation: truncation ψ of what they point to, their distance from the pivot, their seed. */
  readonly psi: number;
  readonly ball: number;
  readonly seed: number;
  /** The good state is kept every so many steps. */
  readonly keepEvery: number;
}

/** The second phase of pivotal tuning. */
export const TUNING: PivotSchedule = {
  steps: 350,
  rate: 3e-4,
  stopAt: 0.06,
  psi: 0.5,
  ball: 30,
  seed: 1,
  keepEvery: 10,
};

/** Where a run begins. */
export interface PivotStart {
  /** The pivot `[latentCount, styleDim]`. */
  readonly latents: Float32Array;
  /** Sums of a hypernetwork whose offsets are the start; θ₀ when absent. */
  readonly sums?: Sums | undefined;
  /** An interrupted run: steps it had done, and its tensors by name. */
  readonly saved?: { readonly steps: number; readonly tensors: ReadonlyMap<string, Float32Array> } | undefined;
}

/** How a run ended. */
export interface PivotEnd {
  readonly steps: number;
  readonly losses: Losses;
  readonly ended: 'steps' | 'loss' | 'stop';
}

/** A loss was no number. The weights are those of the last good state. */
export class TuningFault extends Error {
  /** Steps that the good state has behind it. */
  readonly steps: number;

  constructor(cause: unknown, steps: number) {
    super('a loss is no number', { cause });
    this.steps = steps;
  }
}

/** Tensors that an interrupted run goes on from: weights and their moments. */
export function savedTensors({ adam }: PivotNetwork) {
  return adam.slots.flatMap(({ parameter, first, second }) => [parameter, first, second]);
}

/**
 * Tunes; the weights are the network's afterwards.
 * @throws {@link TuningFault} around a `loss` error when a loss is no finite number; `aborted`, `device`
 */
export async function tuneWeights(
  { network, mounted, newTarget }: Learner<PivotNetwork, PivotGraph>,
  engine: Engine,
  start: PivotStart,
  schedule: PivotSchedule,
  hooks: RunHooks,
): Promise<PivotEnd> {
  const { runtime } = engine;
  const { losses: values, latents, numbers } = network.state;
  newTarget();
  begin({ network, mounted }, engine, start);
  mounted.write(latents, start.latents);
  const nearby = network.localised ? await locality(network, engine, start.latents, schedule) : undefined;
  let good = start.saved?.steps ?? 0;
  for (let done = good; ; done++) {
    throwIfAborted(hooks.signal);
    await nearby?.(done);
    mounted.runFrom('step', 0, network.forward);
    const losses = network.terms.read(await runtime.read(values));
    try {
      ensureFinite('pivot', done, losses, `lower the rate; the state of step ${good} is kept`);
    } catch (error) {
      mounted.run('recall');
      throw new TuningFault(error, good);
    }
    const ended = endOf(done, losses, schedule, hooks);
    if (ended || done === good || done % schedule.keepEvery === 0) {
      mounted.run('keep');
      good = done;
    }
    await hooks.onStep(done, losses);
    if (ended) return { steps: done, losses, ended };
    mounted.write(numbers, network.adam.numbersOf(done + 1, schedule.rate));
    mounted.runFrom('step', network.forward);
  }
}

function begin(
  { network, mounted }: Pick<Learner<PivotNetwork, PivotGraph>, 'network' | 'mounted'>,
  engine: Engine,
  { sums, saved }: PivotStart,
): void {
  mounted.run('begin');
  if (saved) {
    for (const each of savedTensors(network)) {
      const found = saved.tensors.get(each.name);
      if (found) mounted.write(each, found);
    }
  } else if (sums) {
    engine.activate([{ sums, weight: () => 1 }]);
    mounted.run('bake');
  }
}

function endOf(done: number, losses: Losses, { steps, stopAt }: PivotSchedule, { stop }: RunHooks) {
  const judged = losses.lpips ?? losses.l2 ?? Number.POSITIVE_INFINITY;
  if (done >= steps) return 'steps';
  if (judged <= stopAt) return 'loss';
  return stop?.aborted ? 'stop' : undefined;
}

/** What draws the latents of a step and the old generator's picture of them: no noise, weights as the checkpoint has them. */
async function locality(
  network: PivotNetwork,
  engine: Engine,
  pivot: Float32Array,
  { psi, ball, seed }: PivotSchedule,
): Promise<(step: number) => Promise<void>> {
  const { state, architecture } = engine.network;
  const { runtime } = engine;
  engine.run('unedited', 'untune');
  return async (step) => {
    engine.write(state.z, gaussian(seed + step, architecture.styleDim));
    engine.write(state.psi, Float32Array.of(psi));
    engine.run('map');
    const near = nearPivot(pivot, await engine.read(state.base), ball);
    engine.write(state.base, near);
    engine.write(network.state.near, near);
    engine.run('noNoise', 'style', 'demodulate', 'synthesize', 'storedNoise');
    runtime.copy(engine.buffers.of(state.y), engine.buffers.of(network.state.before), byteLength(state.y));
  };
}
