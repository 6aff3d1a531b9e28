/** Trains a model; saves checkpoints, the state to go on from, and sheets of what it makes of the pictures that judge. */
import {
  type FeatureLossMaker,
  lossFromFiles,
  type Picture,
  Trainer,
  type TrainingPictures,
} from '../../src/index-training.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { packPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import { montage } from '../samples/montage.ts';
import { stopSignal } from '../stop-signal.ts';
import { SAVED, type TrainEvent, type TrainParams } from '../train/events.ts';
import { rgbaOf, trainingSources } from '../train/sources.ts';

/** Pictures of a sheet, a column each. */
const SHEET_COLUMNS = 8;

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const params = ctx.params as TrainParams;
  const stop = stopSignal(ctx);
  const trainer = await load(ctx, params);
  try {
    await train(ctx, trainer, params, stop.signal);
  } finally {
    stop.end();
    trainer.dispose();
  }
}

async function load(ctx: JobContext, params: TrainParams): Promise<Trainer> {
  const { lossFiles, resume } = params;
  const { loss } = params.trainer;
  const features: FeatureLossMaker[] = [];
  for (const name of new Set(lossFiles.map((file) => file.loss))) {
    const files = await Promise.all(
      lossFiles.flatMap(async ({ loss: of, path }, i) =>
        of === name ? [bytesSource(path, await ctx.get(`loss${i}`))] : [],
      ),
    );
    const weight = loss[name];
    if (weight !== 0) features.push(await lossFromFiles(name, files.flat(), weight));
  }
  const trainer = await Trainer.open(ctx.url('model/'), {
    ...params.trainer,
    gpu: ctx.gpu,
    features,
    resume: resume ? bytesSource('training.safetensors', await ctx.get('resume')) : undefined,
  });
  const { need, settings, source, shape, parameters, adapter, step } = trainer;
  const [height, width] = shape;
  const { lasting, activations } = need;
  const { statistics } = settings.recipe;
  const { tuningRate } = source;
  const facts = { parameters, adapter, lasting, activations, statistics, passes: settings.passes, tuningRate };
  await ctx.emit({ kind: 'loaded', model: source.name, step, height, width, ...facts } satisfies TrainEvent);
  return trainer;
}

async function train(ctx: JobContext, trainer: Trainer, params: TrainParams, stop: AbortSignal): Promise<void> {
  const { data, dryRun } = params;
  const emit = (event: TrainEvent): Promise<void> => ctx.emit(event);
  const { pictures, validation } = await trainingSources(ctx, data, trainer.shape);
  const common = {
    ...params.run,
    pictures,
    stop,
    onStep: (report: Extract<TrainEvent, { kind: 'step' }>['report']) => emit({ kind: 'step', report }),
    onLeftOut: ({ message }: { readonly message: string }) => void emit({ kind: 'left-out', message }),
  };
  if (dryRun) {
    const { step } = await trainer.run({ ...common, steps: trainer.step + 2 }); // the first compiles
    await emit({ kind: 'ended', step, ended: 'dry' });
    return;
  }
  const judges = await sheetPictures(validation);
  const end = await trainer.run({
    ...common,
    validation,
    onValidation: async (report) => {
      await emit({ kind: 'validation', report });
      if (judges.length > 0) await ctx.save(`sheet/${report.step}`, await sheet(trainer, judges));
    },
    onSave: async (what) => {
      for (const [file, bytes] of await trainer.checkpoint()) await ctx.save(`${what}/${SAVED[file]}`, bytes);
      if (what === 'last') await ctx.save(`last/${SAVED.state}`, await trainer.state());
      await emit({ kind: 'saved', what, step: trainer.step });
    },
  });
  await emit({ kind: 'ended', ...end });
}

/** The first pictures that judge; those that cannot be read are told of when they judge. */
async function sheetPictures(validation: TrainingPictures): Promise<Picture[]> {
  const found: Picture[] = [];
  for (let index = 0; index < validation.count && found.length < SHEET_COLUMNS; index++) {
    const picture = await validation.read(index).catch(() => undefined);
    if (picture) found.push(picture);
  }
  return found;
}

/** Targets in the first row, what the model makes of them below, pass by pass. */
async function sheet(trainer: Trainer, judges: readonly Picture[]): Promise<Uint8Array<ArrayBuffer>> {
  const [height, width] = trainer.shape;
  const columns: Picture[][] = [];
  for (const target of judges) columns.push([target, ...(await trainer.show(target))]);
  const rows = (columns[0] ?? []).map((_, row) =>
    columns.map((column) => ({ data: rgbaOf(column[row] ?? [], width, height), width, height })),
  );
  const { data, ...size } = montage(rows);
  return packPicture({ ...size, data: new Uint8ClampedArray(data) });
}
