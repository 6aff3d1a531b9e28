/**
 * Directions from sampled latents: GANSpace's principal components (arXiv 2004.02546), and a finder that fits a boundary
 * between pictures of high and low score (InterFaceGAN, arXiv 2005.09635, with a ridge-regularised linear discriminant in
 * place of its support vector machine). Sampling and scoring are the caller's.
 */
import { ensure } from '../errors.ts';
import type { ComponentDirection, LatentDirection } from './direction.ts';
import { solvePositive } from './positive-solve.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Sampled latents in W `[count, width]`, row-major. */
export interface LatentSamples {
  readonly values: Float32Array;
  readonly width: number;
}

/** Ridge of the discriminant, as a share of the mean variance: keeps directions that the samples barely show out of it. */
const RIDGE = 0.05;
/** Fewer samples than this say nothing. */
const LEAST_SAMPLES = 16;

/** Mean and covariance of samples. */
interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  /** `[width, width]` */
  readonly covariance: Float64Array;
}

/**
 * The first `count` principal components as directions named `pc 0`, `pc 1`, ….
 * @throws `option` error for too few samples or components
 */
export function principalComponents(samples: LatentSamples, count: number): ComponentDirection[] {
  const { width } = samples;
  const { count: sampled, mean, covariance } = moments(samples);
  ensure(
    Number.isInteger(count) && count >= 1 && count <= Math.min(width, sampled - 1),
    'option',
    () =>
      `GANSpace: ${count} components of ${sampled} samples in ${width} dimensions, expected 1 to ${Math.min(width, sampled - 1)}`,
  );
  const { values, vectors } = symmetricEigen(covariance, width);
  return Array.from({ length: count }, (_, i) => ({
    kind: 'component',
    name: `pc ${i}`,
    mean: Float32Array.from(mean),
    component: Float32Array.from(vectors.subarray(i * width, (i + 1) * width)),
    sigma: Math.sqrt(Math.max(0, values[i] ?? 0)),
  }));
}

/** A direction that was found, and how well it tells the samples apart. */
export interface FoundDirection {
  readonly direction: LatentDirection;
  /** Correlation of the scores with the samples' coordinate along the direction, 0 to 1. */
  readonly correlation: number;
}

/**
 * The direction along which `scores` rise: an amount of 1 is one deviation of the samples along it.
 * @param scores one a sample, higher means more of the attribute
 * @throws `option` error for too few samples, a score that is NaN, or scores that are all equal
 */
export function findDirection(name: string, samples: LatentSamples, scores: ArrayLike<number>): FoundDirection {
  const { width, values } = samples;
  const { count, mean, covariance } = moments(samples);
  ensure(
    scores.length === count,
    'option',
    () => `direction "${name}": ${scores.length} scores for ${count} samples: give one a sample`,
  );
  const all = Float64Array.from(scores);
  const bad = all.findIndex((score) => !Number.isFinite(score));
  ensure(
    bad < 0,
    'option',
    () => `direction "${name}": the score of sample ${bad} is ${scores[bad]}, expected a number`,
  );
  const centre = all.reduce((sum, s) => sum + s, 0) / count;
  const spread = Math.sqrt(all.reduce((sum, s) => sum + (s - centre) ** 2, 0) / count);
  ensure(spread > 0, 'option', `direction "${name}": all scores are equal, so nothing tells the pictures apart`);
  const slope = new Float64Array(width);
  all.forEach((score, n) => {
    for (let d = 0; d < width; d++)
      slope[d] = (slope[d] ?? 0) + ((score - centre) * ((values[n * width + d] ?? 0) - (mean[d] ?? 0))) / count;
  });
  const trace = mean.reduce((sum, _, d) => sum + (covariance[d * width + d] ?? 0), 0);
  const ridge = (RIDGE * trace) / width;
  const damped = covariance.map((v, i) => (i % (width + 1) === 0 ? v + ridge : v));
  const normal = unit(solvePositive(damped, slope, width));
  const along = all.map((_, n) =>
    normal.reduce((sum, x, d) => sum + x * ((values[n * width + d] ?? 0) - (mean[d] ?? 0)), 0),
  );
  const sigma = Math.sqrt(along.reduce((sum, x) => sum + x * x, 0) / count);
  const product = along.reduce((sum, x, n) => sum + x * ((all[n] ?? 0) - centre), 0) / count;
  const direction: LatentDirection = {
    kind: 'latent',
    name,
    vectors: 1,
    values: Float32Array.from(normal, (x) => x * sigma),
  };
  return { direction, correlation: product / (sigma * spread) };
}

function moments({ values, width }: LatentSamples): Moments {
  const count = values.length / width;
  ensure(
    Number.isInteger(count) && count >= LEAST_SAMPLES,
    'option',
    () => `${values.length} numbers are ${count} samples of ${width}: expected at least ${LEAST_SAMPLES} whole ones`,
  );
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width] = (mean[i % width] ?? 0) + (values[i] ?? 0) / count;
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let n = 0; n < count; n++) {
    for (let d = 0; d < width; d++) centred[d] = (values[n * width + d] ?? 0) - (mean[d] ?? 0);
    for (let i = 0; i < width; i++) {
      const scaled = (centred[i] ?? 0) / count;
      for (let j = 0; j < width; j++) {
        const at = i * width + j;
        covariance[at] = (covariance[at] ?? 0) + scaled * (centred[j] ?? 0);
      }
    }
  }
  return { count, mean, covariance };
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}
