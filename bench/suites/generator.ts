/** Whole pictures from the generator alone, and its heaviest kernels. */

import type { Engine } from '../../src/method/engine.ts';
import { byteLength } from '../../src/tensor.ts';
import { contest } from '../contest.ts';
import type { BenchRow, Check } from '../report.ts';
import type { SuiteContext } from './context.ts';
import { heaviestKernels } from './dispatches.ts';
import { checkErrors, checkImage, loadQuarter, loadSample, loadShipped, PICTURE } from './models.ts';

const TOP = 12;

/** The row of a w → picture run of `engine`. */
async function pictureRow(
  c: SuiteContext,
  engine: Engine,
  name: string,
  check: () => Promise<Check>,
): Promise<BenchRow> {
  const sample = (estimate: number): Promise<number> => c.timer.work(() => engine.show(), estimate);
  const { rounds, budget } = c.options;
  const [result] = await contest([{ name, check, sample }], { rounds, budget, warmUps: 2, leastRounds: 3 });
  if (!result) throw new Error(`"${name}" gave no result`);
  const graphs = PICTURE.map((graph) => engine.executable(graph));
  const { y } = engine.network.state;
  return {
    suite: 'generator',
    group: 'w → picture',
    name,
    what: `[${y.shape.join(', ')}]`,
    variant: `${graphs.reduce((n, g) => n + (g?.dispatches.length ?? 0), 0)} dispatches`,
    scaled: null,
    count: 1,
    check: result.check,
    seconds: result.seconds,
    flops: graphs.reduce((sum, g) => sum + (g?.flops ?? 0), 0),
    bytes: byteLength(y),
    pace: null,
  };
}

async function quarter(c: SuiteContext): Promise<void> {
  const loaded = await loadQuarter(c);
  const { engine } = loaded;
  try {
    const row = await pictureRow(c, engine, 'generator-256-quarter', async () => {
      engine.show();
      return checkImage(await engine.read(engine.network.state.y), loaded);
    });
    await c.row(row);
    if (row.seconds === null) return;
    const graphs = [{ executable: engine.executable('synthesize'), count: 1 }];
    const rows = await heaviestKernels(
      c,
      'generator',
      'generator-256-quarter, heaviest kernels',
      graphs,
      row.check,
      TOP,
    );
    for (const each of rows) await c.row(each);
  } finally {
    engine.dispose();
  }
}

async function shipped(c: SuiteContext): Promise<void> {
  const hs = await loadShipped(c);
  try {
    const { picture, expected } = await loadSample(c);
    const row = await pictureRow(c, hs.engine, hs.name, async () => {
      const inversion = await hs.invert(picture, { steps: 1 });
      const errors = inversion.steps.map(({ l2 }) => l2);
      inversion.dispose();
      return checkErrors(errors, expected);
    });
    await c.row(row);
    if (row.seconds === null) return;
    const graphs = [{ executable: hs.engine.executable('synthesize'), count: 1 }];
    const rows = await heaviestKernels(c, 'generator', `${hs.name}, heaviest kernels`, graphs, row.check, TOP);
    for (const each of rows) await c.row(each);
  } finally {
    hs.dispose();
  }
}

/** The model that ships and, where its file is mounted, the peers' generator. */
export async function generatorSuite(c: SuiteContext): Promise<void> {
  await shipped(c);
  if (c.peers) await quarter(c);
  else await c.note('generator-256-quarter left out: no peers folder (name one with --peers)');
}
