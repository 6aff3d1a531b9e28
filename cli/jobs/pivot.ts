/** Tunes the generator to each mounted picture; saves the tuned picture, its edit and the person. */
import { HyperStyle, HyperStyleError, type Inversion, type PivotedPerson, type RgbaPixels } from '../../src/index.ts';
import { ensureDirections } from '../edit-job.ts';
import { unpackPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import { loadOptions } from '../load-options.ts';
import { addLosses } from '../loss-files.ts';
import { naming } from '../people/load.ts';
import type { PivotEvent, PivotParams } from '../pivot/events.ts';

/** Steps of latent optimisation before `--from optimised`. */
const LATENT_STEPS = 150;

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { model, kernels, pictures, lossFiles, from, edits, loss } = ctx.params as PivotParams;
  const faces = (file: string): Promise<Uint8Array> => ctx.get(`faces/${file}`);
  const hs = await HyperStyle.load(model ?? ctx.url('model/'), { ...loadOptions(ctx, kernels), faces });
  await addLosses(ctx, hs, lossFiles);
  if ((loss.face ?? 0) > 0) await hs.addFaceDescriptor();
  const identity =
    typeof from === 'string' ? undefined : await naming(from.file, hs.restore(await ctx.get('identity')));
  ensureDirections(hs, Object.keys(edits));
  await ctx.emit({ kind: 'loaded', model: hs.name, adapter: hs.adapter } satisfies PivotEvent);
  for (let picture = 0; picture < pictures; picture++) {
    try {
      const photo = unpackPicture(await ctx.get(`picture${picture}`));
      await finish(ctx, picture, await tuned(ctx, hs, { picture, photo, identity }));
    } catch (error) {
      const ofPicture = error instanceof HyperStyleError && ['file', 'image', 'loss'].includes(error.code);
      if (!ofPicture) throw error;
      await ctx.emit({ kind: 'failed', picture, message: error.message } satisfies PivotEvent);
    }
  }
  hs.dispose();
}

/** What one run needs: the picture's number, its pixels, and the person of `--from FILE`. */
interface Run {
  readonly picture: number;
  readonly photo: RgbaPixels;
  readonly identity: Inversion | undefined;
}

async function tuned(ctx: JobContext, hs: HyperStyle, { picture, photo, identity }: Run): Promise<PivotedPerson> {
  const { from, steps, rate, every, loss, locality } = ctx.params as PivotParams;
  const begin = performance.now();
  const told =
    (phase: 'latents' | 'tuning') =>
    ({ step, losses }: { readonly step: number; readonly losses: Readonly<Record<string, number>> }) => {
      const seconds = (performance.now() - begin) / 1000;
      const event: PivotEvent = { kind: 'step', picture, phase, step, losses, seconds };
      ctx.emit(event).catch(() => undefined); // the command has gone, the next save will fail
    };
  let start: Inversion | undefined;
  if (from === 'optimised') {
    start = await hs.optimise(photo, { steps: LATENT_STEPS, loss, every, onProgress: told('latents') });
  }
  const word = from === 'w' || from === 'hyperstyle' ? from : undefined;
  try {
    return await hs.pivot(photo, {
      from: word ?? start ?? identity,
      steps,
      rate,
      loss,
      every,
      ...(locality && { locality: {} }),
      onProgress: async ({ step, losses, picture: shown }) => {
        told('tuning')({ step, losses });
        if (step === 0) await ctx.save(`${picture}/start`, new Uint8Array((await shown.toImageData()).data));
      },
    });
  } finally {
    start?.dispose();
  }
}

async function finish(ctx: JobContext, picture: number, person: PivotedPerson): Promise<void> {
  const { edits } = ctx.params as PivotParams;
  await ctx.save(`${picture}/tuned`, new Uint8Array((await person.toImageData()).data));
  if (Object.keys(edits).length > 0) {
    await person.edit(edits);
    await ctx.save(`${picture}/edit`, new Uint8Array((await person.toImageData()).data));
  }
  await ctx.save(`${picture}/person`, await person.identity());
  const { width, height, ended = 'steps' } = person;
  await ctx.emit({ kind: 'tuned', picture, width, height, ended } satisfies PivotEvent);
  person.dispose();
}
