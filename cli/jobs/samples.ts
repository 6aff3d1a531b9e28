/** Inverts the mounted portraits, tunes the generator to them if asked to, and edits one; saves every picture as RGBA bytes. */
import { HyperStyle, type Inversion, type PivotedPerson } from '../../src/index.ts';
import type { JobContext } from '../job.ts';
import {
  EDIT_COLUMNS,
  EDIT_ROWS,
  EDITED_PORTRAIT,
  editFile,
  type ModelEvent,
  type SampleEvent,
  type SamplesParams,
  stepFile,
  tunedFile,
} from '../samples/sheets.ts';

/** The job; the model folder is mounted as `model`, portraits as `portrait-0`, `portrait-1`, … */
export async function run(ctx: JobContext): Promise<void> {
  const { portraits, steps, tuning } = ctx.params as SamplesParams;
  const hs = await HyperStyle.load(ctx.url('model/'), { gpu: ctx.gpu });
  const { size, inputSize } = hs.architecture;
  await ctx.emit({ name: hs.name, size, inputSize } satisfies ModelEvent);
  for (const [portrait, dimensions] of portraits.entries()) {
    const photo = { data: await ctx.get(`portrait-${portrait}`), ...dimensions };
    const inversion = await hs.invert(photo, { steps });
    for (const { index, picture } of inversion.steps) await save(ctx, stepFile(portrait, index), picture);
    const tuned = tuning > 0 ? await hs.pivot(inversion, { photo, steps: tuning }) : undefined;
    if (tuned) await save(ctx, tunedFile(portrait), tuned);
    if (portrait === EDITED_PORTRAIT) await saveEdits(ctx, hs, tuned ?? inversion);
    tuned?.dispose();
    await ctx.emit({ portrait, l2: inversion.steps.map(({ l2 }) => l2) } satisfies SampleEvent);
    inversion.dispose();
  }
  hs.dispose();
}

async function save(ctx: JobContext, name: string, shown: Pick<Inversion, 'toImageData'>): Promise<void> {
  await ctx.save(name, new Uint8Array((await shown.toImageData()).data.buffer));
}

async function saveEdits(ctx: JobContext, hs: HyperStyle, person: Inversion | PivotedPerson): Promise<void> {
  for (const [row, name] of EDIT_ROWS.entries()) {
    if (!hs.directions.includes(name)) continue;
    for (const [column, amount] of EDIT_COLUMNS.entries()) {
      await person.edit({ [name]: amount });
      await save(ctx, editFile(row, column), person);
    }
  }
}
