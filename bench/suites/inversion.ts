/** Inversions with the model that ships: warm and cold. */

import { HyperStyle } from '../../src/api/hyperstyle.ts';
import type { Engine } from '../../src/method/engine.ts';
import type { GraphName } from '../../src/method/hyperstyle-network.ts';
import { openDevice } from '../../src/runtime/device.ts';
import { contest } from '../contest.ts';
import { formatGiga, formatSeconds } from '../format.ts';
import { type BenchRow, type Check, ratesOf } from '../report.ts';
import { summarize } from '../stats.ts';
import { loadOptions, type SuiteContext } from './context.ts';
import { heaviestKernels } from './dispatches.ts';
import { checkErrors, loadSample, loadShipped, type Sample } from './models.ts';

/** Graphs of y_0, and of each further step. */
const START: readonly GraphName[] = ['encode', 'untune', 'style', 'demodulate', 'synthesize', 'measure'];
const STEP: readonly GraphName[] = ['refine', 'retune', 'demodulate', 'synthesize', 'measure'];
const TOP = 20;

/** How often an inversion of `steps` steps runs each graph. */
function runsOf(steps: number): Map<GraphName, number> {
  const runs = new Map<GraphName, number>();
  for (const name of START) runs.set(name, 1);
  for (const name of STEP) runs.set(name, (runs.get(name) ?? 0) + steps);
  return runs;
}

/** Operations of an inversion of `steps` steps. */
export function inversionFlops(engine: Engine, steps: number): number {
  return [...runsOf(steps)].reduce((sum, [name, n]) => sum + n * (engine.executable(name)?.flops ?? 0), 0);
}

/** Inverts once; seconds and the errors of y_0..y_T. */
export async function invertOnce(
  hs: HyperStyle,
  picture: Sample['picture'],
  steps: number,
): Promise<{ seconds: number; errors: number[] }> {
  const begin = performance.now();
  const inversion = await hs.invert(picture, { steps });
  const seconds = (performance.now() - begin) / 1e3;
  const errors = inversion.steps.map(({ l2 }) => l2);
  inversion.dispose();
  return { seconds, errors };
}

function row(c: SuiteContext, hs: HyperStyle, part: Pick<BenchRow, 'suite' | 'name' | 'check' | 'seconds'>): BenchRow {
  const { steps } = c.options;
  const { architecture, engine } = hs;
  return {
    ...part,
    group: `${hs.name}, picture in → y_0..y_${steps}`,
    what: `${architecture.size} px, T = ${steps}`,
    variant: `${STEP.reduce((n, name) => n + (engine.executable(name)?.dispatches.length ?? 0), 0)} dispatches a step`,
    scaled: null,
    count: 1,
    flops: inversionFlops(engine, steps),
    bytes: 0,
    pace: null,
  };
}

/** Warm inversions, and which kernels they spend their time in. */
export async function inversionSuite(c: SuiteContext): Promise<void> {
  const { steps, rounds, budget } = c.options;
  const hs = await loadShipped(c);
  try {
    const { picture, expected } = await loadSample(c);
    const check = async (): Promise<Check> => checkErrors((await invertOnce(hs, picture, steps)).errors, expected);
    const sample = async (): Promise<number> => {
      const { seconds } = await invertOnce(hs, picture, steps);
      await c.note(`inversion: ${formatSeconds(seconds)}`);
      return seconds;
    };
    const options = { rounds, budget, warmUps: 1, leastRounds: 3 };
    const [result] = await contest([{ name: 'warm', check, sample }], options);
    if (!result) return;
    await c.row(row(c, hs, { suite: 'inversion', name: 'warm', check: result.check, seconds: result.seconds }));
    if (!result.seconds) return;
    const graphs = [...runsOf(steps)].map(([name, count]) => ({ executable: hs.engine.executable(name), count }));
    const group = `${hs.name}, heaviest kernels`;
    const rows = await heaviestKernels(c, 'inversion', group, graphs, result.check, TOP);
    for (const each of rows) await c.row(each);
    await c.finding({ suite: 'inversion', text: heaviestThree(c, rows) });
  } finally {
    hs.dispose();
  }
}

/** FLOP a byte below which a kernel only moves data. */
const ARITHMETIC = 1;

/** The three kernels with arithmetic that take most of an inversion, against the FMA ceiling, in words. */
function heaviestThree(c: SuiteContext, rows: readonly BenchRow[]): string {
  const words = rows
    .filter(({ flops, bytes, seconds }) => flops >= ARITHMETIC * bytes && seconds !== null)
    .slice(0, 3)
    .flatMap((r) => {
      const rates = ratesOf(r, c.ceilings);
      return rates ? [`${r.what}: ${formatGiga(rates.flops)} GFLOP/s, ${Math.round(100 * rates.ofFma)} % of FMA`] : [];
    });
  return `three heaviest kernels: ${words.join('; ')}`;
}

/** From nothing: a device of its own, load, first inversion, later ones. */
export async function coldSuite(c: SuiteContext): Promise<void> {
  const { steps, rounds } = c.options;
  const { picture, expected } = await loadSample(c);
  const begin = performance.now();
  const { device } = await openDevice({ gpu: c.gpu });
  const hs = await HyperStyle.load(c.url('model/'), loadOptions({ device, facts: c.facts }));
  const loaded = (performance.now() - begin) / 1e3;
  try {
    const first = await invertOnce(hs, picture, steps);
    const later: number[] = [];
    for (let i = 0; i < Math.max(3, rounds); i++) later.push((await invertOnce(hs, picture, steps)).seconds);
    const check = checkErrors(first.errors, expected);
    const good = check.error <= check.tolerance;
    const add = (name: string, samples: number[]): Promise<void> =>
      c.row(row(c, hs, { suite: 'cold', name, check, seconds: good ? summarize(samples) : null }));
    await add('first after load', [first.seconds]);
    await add('later', later);
    const ratio = first.seconds / summarize(later).median;
    const pipelines = hs.engine.pipelines.size;
    const test = formatSeconds(hs.kernels.selfTestSeconds);
    const text = `device and load take ${formatSeconds(loaded)} (${pipelines} pipelines, self-test ${test}); the first inversion takes ${ratio.toFixed(2)}x a later one`;
    await c.finding({ suite: 'cold', text });
  } finally {
    hs.dispose();
    device.destroy();
  }
}
