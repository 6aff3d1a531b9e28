/** Inversions with the model that ships: warm and cold. */

import { HyperStyle } from '../../src/api/hyperstyle.ts';
import type { Engine } from '../../src/method/engine.ts';
import type { HyperStyleGraph } from '../../src/method/hyperstyle-network.ts';
import { INVERSION } from '../../src/method/schedule.ts';
import { openDevice } from '../../src/runtime/device.ts';
import type { Executable } from '../../src/runtime/executable.ts';
import { contest } from '../contest.ts';
import { formatGiga, formatSeconds } from '../format.ts';
import { type BenchRow, type Check, ratesOf } from '../report.ts';
import { summarize } from '../stats.ts';
import { loadOptions, type SuiteContext } from './context.ts';
import { heaviestKernels } from './dispatches.ts';
import { checkErrors, loadSample, loadShipped, type Sample } from './models.ts';

const TOP = 20;

/** How often an inversion of `steps` steps runs each graph. */
function runsOf(engine: Engine, steps: number): Map<Executable, number> {
  const runs = new Map<Executable, number>();
  const add = (names: readonly HyperStyleGraph[], times: number): void => {
    for (const name of names) {
      if (!engine.network.graphs.has(name)) continue; // a transfer
      const executable = engine.executable(name);
      runs.set(executable, (runs.get(executable) ?? 0) + times);
    }
  };
  add(INVERSION.start, 1);
  add(INVERSION.step, steps);
  return runs;
}

/** Operations of an inversion of `steps` steps. */
export function inversionFlops(engine: Engine, steps: number): number {
  return [...runsOf(engine, steps)].reduce((sum, [{ flops }, n]) => sum + n * flops, 0);
}

/** Dispatches of one step. */
function dispatchesOfStep({ network }: Engine): number {
  return INVERSION.step.reduce((sum, name) => sum + (network.graphs.get(name)?.nodes.length ?? 0), 0);
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
    variant: `${dispatchesOfStep(engine)} dispatches a step`,
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
    const graphs = [...runsOf(hs.engine, steps)].map(([executable, count]) => ({ executable, count }));
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
