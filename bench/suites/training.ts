/**
 * What training costs: a step of the shipped hypernetwork (two pictures, five passes, their gradients, one step of
 * Ranger) against the same passes without gradients, in one contest.
 */
import type { Mounted } from '../../src/runtime/mounted.ts';
import { Runtime } from '../../src/runtime/runtime.ts';
import { elementCount } from '../../src/tensor.ts';
import { settingsOf } from '../../src/training/trainer-options.ts';
import { type TrainingGraph, TrainingNetwork } from '../../src/training/training-network.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import { randomValues } from '../cases/random.ts';
import { type Contestant, contest } from '../contest.ts';
import type { Check } from '../report.ts';
import type { SuiteContext } from './context.ts';

const [BATCH, PASSES] = [2, 5];
const passes = (name: TrainingGraph): TrainingGraph[] => Array.from({ length: PASSES }, () => name);

/** What each contestant runs. */
const RUNS: Readonly<Record<'forward' | 'step', readonly TrainingGraph[]>> = {
  forward: ['restart', 'begin', ...passes('check')],
  step: ['clear', 'restart', 'begin', ...passes('pass'), 'norms', 'step'],
};

/** Both see the same pictures with the same weights: their losses in the last pass must be the same. */
async function checkLosses(mounted: Mounted<TrainingGraph>, { losses }: TrainingNetwork): Promise<Check> {
  const last: number[] = [];
  for (const name of ['check', 'pass'] as const) {
    mounted.run('restart', 'begin', ...passes(name));
    last.push(losses.read(await mounted.read(losses.values)).total ?? Number.NaN);
  }
  const [expected = Number.NaN, found = Number.NaN] = last;
  const error = Math.abs(found - expected) / expected;
  return { error, tolerance: TOLERANCE.goldenPipeline, against: 'losses of the passes without gradients' };
}

/** The suite. */
export async function trainingSuite(c: SuiteContext): Promise<void> {
  const folder = await openModelFolder(c.url('model/'));
  const { recipe } = settingsOf({ batch: BATCH, statistics: 'frozen' });
  const network = new TrainingNetwork(folder, recipe, c.facts);
  const runtime = new Runtime({ ...c.opened, owned: false });
  try {
    const mounted = await runtime.mount(network, folder);
    mounted.run('forget');
    for (const { x } of network.places) mounted.write(x, randomValues(7, elementCount(x.shape)));
    const { optimiser } = network;
    // a rate of 0: every step is the same
    for (const [numbers, values] of optimiser.numbersOf(1, 0, 1)) mounted.write(numbers, values);
    const checked = await checkLosses(mounted, network);
    const names = ['forward', 'step'] as const;
    const contestants = names.map((name): Contestant => {
      const sample = (estimate: number): Promise<number> => c.timer.work(() => mounted.run(...RUNS[name]), estimate);
      return { name, check: async () => checked, sample };
    });
    const { rounds, budget } = c.options;
    const results = await contest(contestants, { rounds, budget, warmUps: 1, leastRounds: 3 });
    const flopsOf = (name: TrainingGraph): number => (network.graphs.has(name) ? mounted.executable(name).flops : 0);
    for (const [i, { seconds, check }] of results.entries()) {
      const name = names[i] ?? 'step';
      await c.row({
        suite: 'training',
        group: 'shipped hypernetwork',
        name,
        what: `${BATCH} pictures, T = ${PASSES}${name === 'step' ? ', gradients, Ranger' : ''}`,
        variant: `${recipe.statistics} statistics`,
        scaled: null,
        count: 1,
        check,
        seconds,
        flops: RUNS[name].reduce((sum, graph) => sum + flopsOf(graph), 0),
        bytes: 0,
        pace: null,
      });
    }
    const [forward, step] = results.map(({ seconds }) => seconds?.median ?? Number.NaN);
    const ratio = (step ?? Number.NaN) / (forward ?? Number.NaN);
    await c.finding({
      suite: 'training',
      text: `${folder.name}: a step of training takes ${ratio.toFixed(2)} times its passes without gradients`,
    });
  } finally {
    runtime.release();
  }
}
