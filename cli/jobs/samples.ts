/** Inverts the mounted portraits and edits one of them; saves every picture as RGBA bytes. */
import { HyperStyle, type Inversion } from '../../src/index.ts';
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
} from '../samples/sheets.ts';

/** The job; the model folder is mounted as `model`, portraits as `portrait-0`, `portrait-1`, … */
export async function run(ctx: JobContext): Promise<void> {
  const { portraits, steps } = ctx.params as SamplesParams;
  const hs = await HyperStyle.load(ctx.url('model/'), { gpu: ctx.gpu });
  const { size, inputSize } = hs.architecture;
  await ctx.emit({ name: hs.name, size, inputSize } satisfies ModelEvent);
  for (const [portrait, dimensions] of portraits.entries()) {
    const inversion = await hs.invert({ data: await ctx.get(`portrait-${portrait}`), ...dimensions }, { steps });
    for (const { index, picture } of inversion.steps) {
      await ctx.save(stepFile(portrait, index), new Uint8Array((await picture.toImageData()).data.buffer));
    }
    if (portrait === EDITED_PORTRAIT) await saveEdits(ctx, hs, inversion);
    await ctx.emit({ portrait, l2: inversion.steps.map(({ l2 }) => l2) } satisfies SampleEvent);
    inversion.dispose();
  }
  hs.dispose();
}

async function saveEdits(ctx: JobContext, hs: HyperStyle, inversion: Inversion): Promise<void> {
  for (const [row, name] of EDIT_ROWS.entries()) {
    if (!hs.directions.includes(name)) continue;
    for (const [column, amount] of EDIT_COLUMNS.entries()) {
      await inversion.edit({ [name]: amount });
      await ctx.save(editFile(row, column), new Uint8Array((await inversion.toImageData()).data.buffer));
    }
  }
}
