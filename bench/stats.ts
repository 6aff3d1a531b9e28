/** Statistics of repeated measurements (pure): medians instead of means, because a busy machine only ever adds time. */
import { ensure } from '../src/errors.ts';

/** A distribution in five numbers; same unit as the samples. */
export interface Summary {
  readonly median: number;
  /** Lower and upper quartile; their distance is the interquartile range. */
  readonly q1: number;
  readonly q3: number;
  readonly min: number;
  readonly count: number;
}

/** The value below which a part `q` (0…1) of the samples lies, interpolated between neighbours. */
export function quantile(samples: readonly number[], q: number): number {
  ensure(samples.length > 0, 'option', 'quantile: needs at least one sample, got none');
  const sorted = [...samples].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at - Math.floor(at));
}

/** Median, quartiles, minimum and number of samples. @throws `option` error for an empty list */
export function summarize(samples: readonly number[]): Summary {
  return {
    median: quantile(samples, 0.5),
    q1: quantile(samples, 0.25),
    q3: quantile(samples, 0.75),
    min: quantile(samples, 0),
    count: samples.length,
  };
}

/** Spread of a distribution relative to its median. */
export function relativeIqr(summary: Summary): number {
  return summary.median === 0 ? 0 : (summary.q3 - summary.q1) / summary.median;
}

/**
 * Who runs when in round `round`: each round begins with another contestant and every second one goes backwards, so that
 * nobody always runs first, nor always after the same rival.
 */
export function orderOf(round: number, contestants: number): number[] {
  const order = Array.from({ length: contestants }, (_, i) => (i + Math.floor(round / 2)) % contestants);
  return round % 2 === 0 ? order : order.reverse();
}

/** `y ≈ factor · x^exponent` and how much of the variance of log y that explains. */
export interface PowerFit {
  readonly exponent: number;
  readonly factor: number;
  /** Coefficient of determination in the logarithms: 1 is a perfect fit. */
  readonly r2: number;
}

/** Least-squares line through the logarithms. @throws `option` error for fewer than two points or values ≤ 0 */
export function powerFit(points: readonly (readonly [x: number, y: number])[]): PowerFit {
  ensure(
    points.length >= 2 && points.every(([x, y]) => x > 0 && y > 0),
    'option',
    () => `powerFit: needs at least two points above zero, got ${JSON.stringify(points)}`,
  );
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (index: 0 | 1): number => logs.reduce((sum, p) => sum + p[index], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const sum = (f: (dx: number, dy: number) => number): number => logs.reduce((s, [x, y]) => s + f(x - mx, y - my), 0);
  const [sxx, sxy, syy] = [sum((dx) => dx * dx), sum((dx, dy) => dx * dy), sum((_, dy) => dy * dy)];
  ensure(sxx > 0, 'option', () => `powerFit: all points have x = ${points[0]?.[0]}, needs two different ones`);
  const exponent = sxy / sxx;
  return { exponent, factor: Math.exp(my - exponent * mx), r2: syy === 0 ? 1 : (sxy * sxy) / (sxx * syy) };
}
