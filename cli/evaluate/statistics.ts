/** What `npm run evaluate` says about many inversions: per-step means and two shares. */
import { ensure } from '../../src/errors.ts';

/** One portrait's inversion: a value for each of y_0 … y_T. */
export interface Measured {
  /** Mean squared error in [-1, 1] at the size the model reads. */
  readonly l2: readonly number[];
  /** MS-SSIM at that size. */
  readonly msSsim: readonly number[];
  /** Gradient energy of each step's picture (`sharpness.ts`). */
  readonly energy: readonly number[];
  /** That of the portrait, drawn at the same size. */
  readonly pictureEnergy: number;
}

/** Mean and standard deviation (of the sample, n − 1) of one step over all portraits. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** What all portraits show at one step. */
export interface StepMeans {
  readonly l2: Spread;
  readonly msSsim: Spread;
  /** Mean gradient energy as a share of the portraits' own: below 1 is blur. */
  readonly sharpness: number;
}

/** The whole evaluation. */
export interface Evaluation {
  readonly portraits: number;
  /** A row for each of y_0 … y_T. */
  readonly steps: readonly StepMeans[];
  /** Share of portraits whose error falls at every single step. */
  readonly alwaysFalling: number;
  /** Share of portraits whose last error is above their first. */
  readonly endsWorse: number;
  /** How far the mean error falls from y_0 to y_T, as a share of y_0's. */
  readonly reduction: number;
  /** Whether the mean error falls at every step. */
  readonly meanAlwaysFalling: boolean;
}

/** Mean and sample standard deviation; the deviation of a single value is 0. */
export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** Sums up inversions of equal length. @throws `option` error when there are none */
export function evaluate(measured: readonly Measured[]): Evaluation {
  const length = measured[0]?.l2.length ?? 0;
  ensure(length > 0, 'option', 'evaluation: expects at least one measured portrait, got 0');
  const at = (role: 'l2' | 'msSsim' | 'energy', step: number): Spread =>
    spread(measured.map((one) => one[role][step] ?? Number.NaN));
  const { mean: pictureEnergy } = spread(measured.map((one) => one.pictureEnergy));
  const steps = Array.from({ length }, (_, step) => ({
    l2: at('l2', step),
    msSsim: at('msSsim', step),
    sharpness: at('energy', step).mean / pictureEnergy,
  }));
  const share = (holds: (errors: readonly number[]) => boolean): number =>
    measured.filter(({ l2 }) => holds(l2)).length / measured.length;
  const means = steps.map(({ l2 }) => l2.mean);
  return {
    portraits: measured.length,
    steps,
    alwaysFalling: share(falls),
    endsWorse: share((errors) => last(errors) > first(errors)),
    reduction: 1 - last(means) / first(means),
    meanAlwaysFalling: falls(means),
  };
}

const first = (values: readonly number[]): number => values[0] ?? Number.NaN;
const last = (values: readonly number[]): number => values.at(-1) ?? Number.NaN;

function falls(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value < (values[i - 1] ?? Number.NaN));
}
