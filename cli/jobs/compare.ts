/** Runs every method on every photo and measures what it shows, step by step; then edits whom it ended with. */
import { readFaceModel } from '../../src/api/face-files.ts';
import { mountRestyle } from '../../src/api/latent-encoders.ts';
import { HyperStyle, HyperStyleError, type RgbaPixels } from '../../src/index.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { LOSS_READERS, type LossSource } from '../../src/weights/loss-files.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { consistencyOf, directionsOf, measureEdits } from '../compare/editability.ts';
import type { CompareEvent, CompareParams, Measured, MeasuredStep, Method } from '../compare/events.ts';
import { Meter } from '../compare/meter.ts';
import { type Bench, type Found, runMethod } from '../compare/methods.ts';
import { type Photos, photosOf } from '../compare/photos.ts';
import { ensureDirections } from '../edit-job.ts';
import { isOfPicture, packPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import { encoderSource } from '../people/encoder-job.ts';
import { stopSignal } from '../stop-signal.ts';
import { rgbaOf } from '../train/sources.ts';

/** What everything here works with. */
interface Stage {
  readonly ctx: JobContext;
  readonly params: CompareParams;
  readonly bench: Bench;
  readonly meter: Meter;
  readonly photos: Photos;
}

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const params = ctx.params as CompareParams;
  const hs = await HyperStyle.load(ctx.url('model/'), { gpu: ctx.gpu });
  const stop = stopSignal(ctx); // after what may fail: it asks until it is ended
  try {
    const stage = await prepared(ctx, hs, params, stop.signal);
    await compareAll(stage);
    await ctx.emit({ kind: 'ended', ended: 'all' } satisfies CompareEvent);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    await ctx.emit({ kind: 'ended', ended: 'stop' } satisfies CompareEvent);
  } finally {
    stop.end();
    hs.dispose();
  }
}

async function prepared(ctx: JobContext, hs: HyperStyle, params: CompareParams, signal: AbortSignal): Promise<Stage> {
  const { methods, steps, edits, restyle: asked, e4e } = params;
  ensureDirections(hs, edits?.directions ?? [], '--directions');
  const photos = await photosOf(ctx, hs, params.pictures);
  const restyle = asked
    ? await mountRestyle(hs.engine, await encoderSource(ctx, 'restyle', asked.from), { steps: asked.steps })
    : undefined;
  if (e4e) await hs.addE4e(await encoderSource(ctx, 'e4e', e4e));
  const sources = await lossSources(ctx, params);
  const meter = await Meter.mount(hs, sources);
  const bench: Bench = { hs, restyle, hasE4e: e4e !== null, steps, loss: { l2: 1 }, signal };
  await ctx.emit({
    kind: 'loaded',
    model: hs.name,
    adapter: hs.adapter,
    metrics: meter.metrics,
    notes: edits && directionsOf(bench, edits).length === 0 ? ['the model has no directions: nobody is edited'] : [],
    methods,
  } satisfies CompareEvent);
  return { ctx, params, bench, meter, photos };
}

/** Networks that metrics need, from their files. */
async function lossSources(ctx: JobContext, { lossFiles, faces }: CompareParams): Promise<LossSource[]> {
  const opened = await Promise.all(
    lossFiles.map(async ({ loss, path }, i) => ({
      loss,
      file: await openCheckpoint(bytesSource(path, await ctx.get(`loss${i}`))),
    })),
  );
  const found: LossSource[] = [...new Set(lossFiles.map(({ loss }) => loss))].map((loss) =>
    LOSS_READERS[loss].source(opened.flatMap((each) => (each.loss === loss ? [each.file] : []))),
  );
  if (faces) {
    const descriptor = await readFaceModel((file) => ctx.get(`faces/${file}`), 'descriptor');
    found.push({ ...descriptor, loss: 'face' });
  }
  return found;
}

async function compareAll(stage: Stage): Promise<void> {
  const { ctx, photos, bench } = stage;
  let isWarm = false;
  for (let picture = 0; picture < photos.count; picture++) {
    bench.signal.throwIfAborted();
    try {
      const photo = await photos.read(picture);
      if (!isWarm) await warmUp(stage, photo);
      isWarm = true;
      await compareOn(stage, picture, photo);
    } catch (error) {
      if (!isOfPicture(error) || bench.signal.aborted) throw error;
      await ctx.emit({ kind: 'failed', picture, method: null, message: error.message } satisfies CompareEvent);
    }
  }
}

/** One step of each method, so that no time has pipelines being compiled in it. */
async function warmUp({ bench, params }: Stage, photo: RgbaPixels): Promise<void> {
  const steps = { ...bench.steps, passes: 1, latents: 1, tuning: 1, polish: 1, every: 1 };
  for (const method of params.methods) {
    try {
      const { person } = await runMethod({ ...bench, steps }, method, photo);
      person.dispose();
    } catch (error) {
      if (!isOfLoss(error)) throw error; // the method is told of when it is measured
    }
  }
}

/** Whether a loss was no number any more: the method has failed on this picture, and the others go on. */
function isOfLoss(error: unknown): error is HyperStyleError {
  return error instanceof HyperStyleError && error.code === 'loss';
}

async function compareOn(stage: Stage, picture: number, photo: RgbaPixels): Promise<void> {
  const { ctx, params, bench, meter } = stage;
  const { hs, signal } = bench;
  const reading = await hs.invert(photo, { steps: 0, signal });
  reading.dispose();
  const { x } = hs.engine.network.state;
  const read = await hs.engine.read(x);
  await meter.aim(read);
  const [, height = 0, width = 0] = x.shape;
  const input = { width, height, data: new Uint8ClampedArray(rgbaOf(read, width, height)) };
  await ctx.save(`${picture}/input`, packPicture(input));
  for (const method of params.methods) {
    signal.throwIfAborted();
    try {
      await compareMethod(stage, picture, method, photo);
    } catch (error) {
      if (!isOfLoss(error)) throw error;
      await ctx.emit({ kind: 'failed', picture, method, message: error.message } satisfies CompareEvent);
    }
  }
}

async function compareMethod(stage: Stage, picture: number, method: Method, photo: RgbaPixels): Promise<void> {
  const { ctx, bench, meter } = stage;
  const found = await runMethod(bench, method, photo);
  try {
    const steps: MeasuredStep[] = [];
    for (const { step, seconds, picture: shown } of found.states) {
      steps.push({ step, seconds, values: await meter.measure(shown) });
    }
    await ctx.save(`${picture}/${method}`, packPicture(await found.person.toImageData()));
    const measured = { picture, method, steps, ...(await editability(stage, picture, method, found)) };
    await ctx.emit({ kind: 'measured', measured } satisfies CompareEvent);
  } finally {
    found.person.dispose();
  }
}

/** What edits of the person say; the strongest of the first direction is kept as a picture. */
async function editability(
  { ctx, params, bench, meter }: Stage,
  picture: number,
  method: Method,
  found: Found,
): Promise<Pick<Measured, 'edits' | 'consistency'>> {
  const plan = params.edits;
  const [direction] = plan ? directionsOf(bench, plan) : [];
  if (!plan || direction === undefined) return { edits: [], consistency: null };
  const edits = await measureEdits(bench, plan, found, meter);
  const consistency = await consistencyOf(bench, plan, method, found);
  await found.person.edit({ [direction]: Math.max(...plan.amounts) });
  await ctx.save(`${picture}/${method} edited`, packPicture(await found.person.toImageData()));
  return { edits, consistency };
}
