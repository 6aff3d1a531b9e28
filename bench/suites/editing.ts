/**
 * What comes after an inversion with the model that ships: sliders, strength, steps, mixes and domains against one pass
 * and an inversion.
 */

import type { HyperStyle, Inversion } from '../../src/index.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import { type ContestResult, contest } from '../contest.ts';
import { formatSeconds } from '../format.ts';
import type { BenchRow, Check } from '../report.ts';
import { type SuiteContext, toleranceOf } from './context.ts';
import { inversionFlops, invertOnce } from './inversion.ts';
import { loadSample, loadShipped, type Sample } from './models.ts';

/** Names of the rows that the finding compares. */
const [PASS, SLIDER] = ['one pass of the generator', 'slider, all rows'];

/** One thing to do with a person. */
interface Work {
  readonly name: string;
  /** @param n counts the calls: what does not change costs nothing */
  readonly run: (n: number) => Promise<unknown>;
}

/** An amount that is another one at every call. */
const moving = (n: number): number => (n % 2 === 0 ? 1 : -1);

function works(hs: HyperStyle, person: Inversion, { picture }: Sample, steps: number): Work[] {
  const { latentCount } = hs.architecture;
  const [direction = ''] = hs.directions;
  const [domain = ''] = hs.domains;
  const strength = (n: number): number => 1 + 0.1 * moving(n);
  return [
    { name: PASS, run: async () => hs.engine.exclusive(async () => hs.engine.show(0)) },
    { name: SLIDER, run: (n) => person.edit({ [direction]: moving(n) }) },
    {
      name: 'slider, last half of the rows',
      run: (n) => person.edit({ [direction]: { amount: moving(n), layers: [latentCount / 2, latentCount] } }),
    },
    { name: 'strength', run: (n) => person.edit({}, { strength: strength(n) }) },
    { name: 'step', run: (n) => person.edit({}, { step: 1 + (n % 2) }) },
    { name: 'mix', run: async () => (await hs.mix([{ person, weight: 1 }])).dispose() },
    {
      name: 'slider in a domain',
      run: async (n) => (await person.in(domain, { edits: { [direction]: moving(n) } })).dispose(),
    },
    {
      name: 'strength in a domain',
      run: async (n) => (await person.in(domain, { strength: strength(n) })).dispose(),
    },
    { name: `inversion, T = ${steps}`, run: () => invertOnce(hs, picture, steps) },
  ];
}

/** Measures them side by side; first an edit and back must show the person as inverted. */
export async function editingSuite(c: SuiteContext): Promise<void> {
  const { steps, rounds, budget } = c.options;
  const hs = await loadShipped(c);
  try {
    const sample = await loadSample(c);
    const person = await hs.invert(sample.picture, { steps });
    const check = await backAgain(c, person);
    const contestants = works(hs, person, sample, steps).map(({ name, run }) => {
      let n = 0;
      const timed = async (): Promise<number> => {
        const begin = performance.now();
        await run(n++);
        await c.device.queue.onSubmittedWorkDone();
        return (performance.now() - begin) / 1e3;
      };
      return { name, check: async () => check, sample: timed };
    });
    const results = await contest(contestants, { rounds, budget, warmUps: 2, leastRounds: 3 });
    for (const result of results) await c.row(rowOf(hs, result, steps));
    await c.finding({ suite: 'editing', text: inWords(results) });
  } finally {
    hs.dispose();
  }
}

/** An edit and back, against the picture of the last step. */
async function backAgain(c: SuiteContext, person: Inversion): Promise<Check> {
  const inverted = await person.picture.toFloats();
  await person.edit({}, { strength: 0.5 });
  await person.edit({});
  const error = relativeError(await person.picture.toFloats(), inverted);
  return { error, tolerance: toleranceOf(c, TOLERANCE.goldenPipeline), against: 'the picture of the last step' };
}

function rowOf(hs: HyperStyle, { name, check, seconds }: ContestResult, steps: number): BenchRow {
  const { engine, architecture } = hs;
  const pass = engine.network.graphs.get('synthesize')?.flops ?? 0;
  const isInversion = name.startsWith('inversion');
  return {
    suite: 'editing',
    group: `${hs.name}, after an inversion`,
    name,
    what: `${architecture.size} px`,
    variant: '',
    scaled: null,
    count: 1,
    check,
    seconds,
    flops: isInversion ? inversionFlops(engine, steps) : name.startsWith('slider') || name === PASS ? pass : 0,
    bytes: 0,
    pace: null,
  };
}

/** A slider against a pass and against the inversion. */
function inWords(results: readonly ContestResult[]): string {
  const median = (start: string): number =>
    results.find(({ name }) => name.startsWith(start))?.seconds?.median ?? Number.NaN;
  const [pass, slider, inversion] = [PASS, SLIDER, 'inversion'].map(median);
  const [ofPass, share] = [(slider ?? 0) / (pass ?? 1), (slider ?? 0) / (inversion ?? 1)];
  return (
    `a slider takes ${formatSeconds(slider ?? 0)}: ${ofPass.toFixed(2)} of a generator's pass, ` +
    `${(100 * share).toFixed(1)} % of an inversion`
  );
}
