/** How cost grows with picture size and steps: inversions with made-up models of one width at every resolution. */
import { HyperStyle } from '../../src/api/hyperstyle.ts';
import { uniformArchitecture } from '../cases/architectures.ts';
import { randomValues } from '../cases/random.ts';
import { formatSeconds } from '../format.ts';
import type { BenchRow, Check } from '../report.ts';
import { powerFit, type Summary, summarize } from '../stats.ts';
import { loadOptions, type SuiteContext } from './context.ts';
import { inversionFlops, invertOnce } from './inversion.ts';
import { syntheticSource } from './synthetic.ts';

const SIZES = [64, 128, 256, 512] as const;
const STEPS = [1, 2, 5, 10] as const;
/** Channels at every resolution, so that work is proportional to pixels. */
const CHANNELS = 16;

/** One inversion's time and memory at one size and number of steps. */
interface Point {
  readonly size: number;
  readonly steps: number;
  readonly seconds: Summary;
  readonly flops: number;
  /** Bytes of the activations' slots. */
  readonly activations: number;
}

function finite(errors: readonly number[]): Check {
  const error = errors.every(Number.isFinite) ? 0 : Number.POSITIVE_INFINITY;
  return { error, tolerance: 0, against: 'nothing: made-up weights, finite numbers are asked for' };
}

/** The second and later inversions of each number of steps at one size. */
async function measureSize(c: SuiteContext, size: number): Promise<Point[]> {
  const { architecture, widths } = uniformArchitecture(size, CHANNELS);
  const hs = await HyperStyle.fromWeights(syntheticSource(architecture, widths), loadOptions(c));
  const data = Uint8Array.from(randomValues(1, 4 * size * size, 127, 128));
  const points: Point[] = [];
  try {
    for (const steps of STEPS) {
      const samples: number[] = [];
      let check = finite((await invertOnce(hs, { data, width: size, height: size }, steps)).errors);
      for (let i = 0; i < Math.min(3, c.options.rounds); i++) {
        const { seconds, errors } = await invertOnce(hs, { data, width: size, height: size }, steps);
        samples.push(seconds);
        if (finite(errors).error > 0) check = finite(errors);
      }
      const seconds = summarize(samples);
      const [flops, { activations }] = [inversionFlops(hs.engine, steps), hs.memory()];
      if (check.error === 0) points.push({ size, steps, seconds, flops, activations });
      await c.row(rowOf(check, { size, steps, seconds, flops, activations }));
    }
  } finally {
    hs.dispose();
  }
  return points;
}

function rowOf(check: Check, { size, steps, seconds, flops, activations }: Point): BenchRow {
  return {
    suite: 'scaling',
    group: `made-up models, ${CHANNELS} channels at every resolution`,
    name: `${size} px`,
    what: `T = ${steps}, activations ${(activations / 2 ** 20).toFixed(1)} MiB`,
    variant: 'inversion',
    scaled: null,
    count: 1,
    check,
    seconds: check.error === 0 ? seconds : null,
    flops,
    bytes: 0,
    pace: null,
  };
}

/** Exponents of time over pixels at each T, and over pictures made (T + 1) at each size. */
async function findings(c: SuiteContext, points: readonly Point[]): Promise<void> {
  const say = (text: string): Promise<void> => c.finding({ suite: 'scaling', text });
  for (const steps of STEPS) {
    const some = points.filter((p) => p.steps === steps);
    if (some.length < 2) continue;
    const fit = powerFit(some.map((p) => [p.size ** 2, p.seconds.median]));
    const flops = powerFit(some.map((p) => [p.flops, p.seconds.median]));
    await say(
      `T = ${steps}: time ∝ pixels^${fit.exponent.toFixed(2)} (r² ${fit.r2.toFixed(3)}), ∝ FLOP^${flops.exponent.toFixed(2)}`,
    );
  }
  for (const size of SIZES) {
    const some = points.filter((p) => p.size === size);
    if (some.length < 2) continue;
    const fit = powerFit(some.map((p) => [p.steps + 1, p.seconds.median]));
    const memory = [...new Set(some.map((p) => p.activations))];
    const flat = memory.length === 1 ? 'the same at every T' : `${memory.join(', ')} bytes`;
    await say(`${size} px: time ∝ (T + 1)^${fit.exponent.toFixed(2)} (r² ${fit.r2.toFixed(3)}); activations ${flat}`);
  }
}

/** Measures every size up to the first whose inversion takes too long, then fits. */
export async function scalingSuite(c: SuiteContext): Promise<void> {
  const points: Point[] = [];
  for (const size of SIZES) {
    const last = points.at(-1);
    const expected = last ? last.seconds.median * (size / last.size) ** 2 : 0;
    if (expected > c.options.budget) {
      await c.note(
        `scaling stops below ${size} px: T = 10 would take about ${formatSeconds(expected)} here (--budget)`,
      );
      break;
    }
    points.push(...(await measureSize(c, size)));
  }
  await findings(c, points);
}
