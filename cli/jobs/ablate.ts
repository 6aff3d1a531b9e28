/** Trains one design of a hypernetwork after another from the start, on the same pictures, and judges each. */
import { HyperStyleError } from '../../src/index.ts';
import { judge, type Picture, Trainer, type TrainingPictures } from '../../src/index-training.ts';
import { openDevice } from '../../src/runtime/device.ts';
import { readAll } from '../../src/training/run.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import type { AblateEvent, AblateParams } from '../ablate/events.ts';
import { describeVariant } from '../ablate/parameters.ts';
import { smallerModel } from '../ablate/smaller-model.ts';
import { type Variant, variantsOf } from '../ablate/variants.ts';
import { packPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import { montage } from '../samples/montage.ts';
import { stopSignal } from '../stop-signal.ts';
import { rgbaOf, trainingSources } from '../train/sources.ts';

/** Pictures of a sheet, a column each. */
const SHEET_COLUMNS = 8;

/** What every design learns from. */
interface Stage {
  readonly ctx: JobContext;
  readonly params: AblateParams;
  readonly source: WeightSource;
  readonly device: GPUDevice;
  readonly pictures: TrainingPictures;
  readonly judges: readonly Picture[];
  readonly stop: AbortSignal;
}

const emitted = (ctx: JobContext, event: AblateEvent): Promise<void> => ctx.emit(event);

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const params = ctx.params as AblateParams;
  const whole = await openModelFolder(ctx.url('model/'));
  const source = params.size === null ? whole : smallerModel(whole, params.size);
  const variants = variantsOf(source.architecture, params.studies, params.passes);
  const { device, adapterName } = await openDevice({ gpu: ctx.gpu });
  const stop = stopSignal(ctx);
  try {
    const plans = variants.map((variant) => describeVariant(source, variant));
    await emitted(ctx, { kind: 'loaded', model: source.name, adapter: adapterName, variants: plans });
    const { inputSize, cropRows } = source.architecture;
    const height = cropRows ? cropRows[1] - cropRows[0] : inputSize;
    const { pictures, validation } = await trainingSources(ctx, params.data, [height, inputSize]);
    const judges = await readAll(validation, ({ message }) => void emitted(ctx, { kind: 'left-out', message }));
    const stage: Stage = { ctx, params, source, device, pictures, judges, stop: stop.signal };
    for (const [index, variant] of variants.entries()) {
      if (stop.signal.aborted) break;
      await learn(stage, index, variant).catch((error: unknown) => failed(ctx, index, error));
    }
    await emitted(ctx, { kind: 'ended', ended: stop.signal.aborted ? 'stop' : 'all' });
  } finally {
    stop.end();
    device.destroy();
  }
}

/** A design whose losses are no numbers, or that has no room here, leaves the others their turn. */
async function failed(ctx: JobContext, variant: number, error: unknown): Promise<void> {
  const ofDesign = error instanceof HyperStyleError && ['loss', 'memory'].includes(error.code);
  if (!ofDesign) throw error;
  await emitted(ctx, { kind: 'failed', variant, message: error.message });
}

async function learn(stage: Stage, index: number, variant: Variant): Promise<void> {
  const { ctx, params, device, pictures, judges, stop } = stage;
  const { trunk, headScale, seed, batch, accumulate, optimiser, rate, loss, iterations, minutes } = params;
  const { hypernetwork } = variant;
  const trainer = await Trainer.load(stage.source, {
    device,
    fresh: { hypernetwork, trunk, headScale, seed },
    part: 'hypernetwork',
    passes: variant.passes,
    batch,
    accumulate,
    loss,
    optimiser,
    seed,
  });
  try {
    const late = minutes === null ? [] : [AbortSignal.timeout(minutes * 60_000)];
    const curve: [number, number][] = [];
    let seconds = 0;
    const { step: steps } = await trainer.run({
      pictures,
      steps: iterations,
      rate,
      flip: true,
      stop: AbortSignal.any([stop, ...late]),
      onStep: async ({ step, losses, seconds: took }) => {
        const total = losses.total ?? Number.NaN;
        curve.push([step, total]);
        seconds += took;
        await emitted(ctx, { kind: 'step', variant: index, step, total });
      },
      onLeftOut: ({ message }) => void emitted(ctx, { kind: 'left-out', message }),
    });
    if (stop.aborted) return;
    const { errors, sheet } = await judged(trainer, judges);
    if (sheet) await ctx.save(`sheet/${index}`, sheet);
    const result = { steps, secondsPerStep: seconds / Math.max(1, steps), errors, curve };
    await emitted(ctx, { kind: 'learnt', variant: index, result });
  } finally {
    trainer.dispose();
  }
}

/** Errors of y_0 … y_T, and the first pictures: targets in the first row, then y_0 … y_T. */
async function judged(
  trainer: Trainer,
  judges: readonly Picture[],
): Promise<{ errors: readonly number[]; sheet: Uint8Array<ArrayBuffer> | undefined }> {
  const [height, width] = trainer.shape;
  const { errors, shown } = await judge(trainer, judges, SHEET_COLUMNS);
  const columns = shown.map((made, i) => [judges[i] ?? [], ...made]);
  const rows = (columns[0] ?? []).map((_, row) =>
    columns.map((column) => ({ data: rgbaOf(column[row] ?? [], width, height), width, height })),
  );
  if (rows.length === 0) return { errors, sheet: undefined };
  const { data, ...size } = montage(rows);
  return { errors, sheet: packPicture({ ...size, data: new Uint8ClampedArray(data) }) };
}
