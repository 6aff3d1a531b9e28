/**
 * The schedule of latent optimisation: rate and noise of every step, from a start to a latent. Defaults are those of
 * pivotal tuning's first phase (arXiv 2106.05744, §4; StyleGAN2's projector).
 */
import { HyperStyleError, throwIfAborted } from '../errors.ts';
import { gaussian } from '../gaussian.ts';
import { type ProjectionSchedule, projectionSchedule } from '../gradients/schedules.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { elementCount } from '../tensor.ts';
import type { Engine } from './engine.ts';
import type { LatentGraph, LatentNetwork } from './latent-network.ts';
import type { Losses } from './losses.ts';
import { sampleLatents } from './sample-latents.ts';
import type { Learner } from './tuner.ts';

/** Numbers of the schedule. */
export interface LatentSchedule extends ProjectionSchedule {
  /** Of the noise. */
  readonly seed: number;
}

/** The first phase of pivotal tuning. */
export const PROJECTION: LatentSchedule = {
  steps: 450,
  rate: 0.01,
  rampDown: 0.25,
  rampUp: 0.05,
  noise: 0.05,
  noiseLength: 0.75,
  seed: 123,
};

/** Latents of which the authors take mean and deviation. */
const SPREAD_SAMPLES = 600;

/** How a run is watched and ended. */
export interface RunHooks {
  /** The losses before step `done + 1`; its picture is in the network's y. */
  readonly onStep: (done: number, losses: Losses) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
  /** Ends the run and keeps what it has found. */
  readonly stop?: AbortSignal | undefined;
}

/** @throws `loss` error that says where, when a loss is no finite number */
export function ensureFinite(what: string, done: number, losses: Losses, repair: string): void {
  const bad = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  if (!bad) return;
  const [name, value] = bad;
  throw new HyperStyleError('loss', `${what}: the loss "${name}" is ${value} after ${done} steps; ${repair}`);
}

/**
 * Optimises.
 * @param start `[latentCount, styleDim]`
 * @param spread deviation of w; see {@link spreadOfW}
 * @returns the latents `[latentCount, styleDim]`, steps that were done and the last losses
 * @throws `loss` error when a loss is no finite number, `aborted`, `device`
 */
export async function optimiseLatents(
  { network, mounted, newTarget }: Learner<LatentNetwork, LatentGraph>,
  runtime: Runtime,
  start: Float32Array,
  schedule: LatentSchedule,
  spread: number,
  hooks: RunHooks,
): Promise<{ latents: Float32Array; steps: number; losses: Losses }> {
  const { w, shake, losses: values, numbers } = network.state;
  const count = elementCount(w.shape);
  mounted.run('forget');
  newTarget();
  mounted.write(w, start.slice(0, count));
  for (let done = 0; ; done++) {
    throwIfAborted(hooks.signal);
    const last = done === schedule.steps || hooks.stop?.aborted === true;
    const { rate, noise } = projectionSchedule(done, schedule);
    const deviation = noise * spread;
    const still = last || deviation === 0;
    const shaken = still ? new Float32Array(count) : gaussian(schedule.seed + done, count);
    mounted.write(
      shake,
      shaken.map((value) => value * deviation),
    );
    mounted.runFrom('step', 0, network.forward);
    const losses = network.terms.read(await runtime.read(values));
    ensureFinite('optimise', done, losses, 'lower the rate');
    await hooks.onStep(done, losses);
    if (last) return { latents: repeated(await runtime.read(w), start.length), steps: done, losses };
    mounted.write(numbers, network.adam.numbersOf(done + 1, rate));
    mounted.runFrom('step', network.forward);
  }
}

/** One row for all layers, or the rows as they are. */
function repeated(w: Float32Array, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => w[i % w.length] ?? 0);
}

/**
 * Deviation of w over samples of z: the root of the mean squared distance from their mean, over everything, as the
 * projector takes it.
 */
export async function spreadOfW(engine: Engine, seed: number): Promise<number> {
  const { styleDim } = engine.network.architecture;
  const samples = await sampleLatents(engine, seed, SPREAD_SAMPLES);
  const mean = Float64Array.from({ length: styleDim }, (_, k) => {
    return samples.reduce((sum, w) => sum + (w[k] ?? 0), 0) / SPREAD_SAMPLES;
  });
  const distance = (w: Float32Array): number => w.reduce((sum, value, k) => sum + (value - (mean[k] ?? 0)) ** 2, 0);
  return Math.sqrt(samples.reduce((sum, w) => sum + distance(w), 0) / SPREAD_SAMPLES);
}
