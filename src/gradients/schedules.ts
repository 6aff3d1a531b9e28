/** What differs from step to step, computed by the host: the optimisers' numbers and the schedule of a projection into W. */

/** Adam's numbers of step `t`, from 1. @param factor of the gradient */
export function adamNumbers(
  t: number,
  rate: number,
  betas: readonly [number, number],
  factor = 1,
): Float32Array<ArrayBuffer> {
  return Float32Array.of(rate / (1 - betas[0] ** t), 1 / Math.sqrt(1 - betas[1] ** t), factor);
}

/** Constants of Ranger besides betas and eps. */
export interface RangerConstants {
  readonly betas: readonly [number, number];
  /** Every how many steps the slow weights move. */
  readonly k: number;
  /** Up to this many effective samples of the variance, a step is plain momentum. */
  readonly threshold: number;
}

/** Ranger's numbers of step `t`, from 1 (RAdam's rectification, arXiv 1908.03265, eq. 5). */
export function rangerNumbers(t: number, rate: number, a: RangerConstants, factor = 1): Float32Array<ArrayBuffer> {
  const [beta1, beta2] = a.betas;
  const most = 2 / (1 - beta2) - 1;
  const decay = beta2 ** t;
  const samples = most - (2 * t * decay) / (1 - decay);
  const adaptive = samples > a.threshold;
  const ratio = (((samples - 4) / (most - 4)) * ((samples - 2) / samples) * most) / (most - 2);
  const rectified = adaptive ? Math.sqrt((1 - decay) * ratio) : 1;
  const lookahead = t % a.k === 0 ? 1 : 0;
  return Float32Array.of((rate * rectified) / (1 - beta1 ** t), adaptive ? 1 : 0, lookahead, factor);
}

/** Numbers of a projection into W. */
export interface ProjectionSchedule {
  readonly steps: number;
  /** Highest rate of Adam. */
  readonly rate: number;
  /** Shares of the steps in which the rate falls at the end and rises at the beginning. */
  readonly rampDown: number;
  readonly rampUp: number;
  /** Noise on w in the beginning, in deviations of w, and the share of the steps in which it fades. */
  readonly noise: number;
  readonly noiseLength: number;
}

/** Rate, and noise on w in deviations of w, at `step`, from 0 (StyleGAN2's projector). */
export function projectionSchedule(step: number, a: ProjectionSchedule): { rate: number; noise: number } {
  const { rate, rampDown, rampUp, noise, noiseLength } = a;
  const t = step / a.steps;
  const down = 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, (1 - t) / rampDown));
  return {
    rate: rate * down * Math.min(1, t / rampUp),
    noise: noise * Math.max(0, 1 - t / noiseLength) ** 2,
  };
}

/** Muon's numbers: the rate, and the factor of the gradient. */
export const muonNumbers = (rate: number, factor = 1): Float32Array<ArrayBuffer> => Float32Array.of(rate, factor);

/** The decay of weights averaged over steps at step `t`, from 1: short at first, so that the average forgets where it began. */
export const averageDecay = (t: number, decay: number): number => Math.min(decay, (1 + t) / (10 + t));

/** A rate that rises in a straight line over `warmUp` steps and falls as a cosine to `least` at the last. @param step from 0 */
export function cosineRate(
  step: number,
  a: { readonly steps: number; readonly rate: number; readonly warmUp?: number; readonly least?: number },
): number {
  const { steps, rate, warmUp = 0, least = 0 } = a;
  if (step < warmUp) return (rate * (step + 1)) / warmUp;
  const done = Math.min(1, (step - warmUp) / Math.max(1, steps - 1 - warmUp));
  return least + (rate - least) * (0.5 + 0.5 * Math.cos(Math.PI * done));
}
