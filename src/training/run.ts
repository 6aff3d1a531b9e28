/**
 * The loop of a training: pictures are drawn, gradients summed, steps made; every so often it is judged by pictures
 * that it does not learn from, and saved. A number that is no finite one stops it before the step in which it would
 * spoil the weights.
 */
import { HyperStyleError, throwIfAborted } from '../errors.ts';
import { cosineRate } from '../gradients/schedules.ts';
import { findFault } from './diagnosis.ts';
import { Drawing, type LeftOut, type TrainingPictures } from './drawing.ts';
import { TrainingFault } from './fault.ts';
import type { Losses, Picture, TrainingSession } from './session.ts';
import type { Trainer } from './trainer.ts';

/** One step that was made. */
export interface StepReport {
  /** From 1. */
  readonly step: number;
  /** Mean losses over the step's pictures: of the last pass. */
  readonly losses: Losses;
  /** Total loss of each pass. */
  readonly passes: readonly number[];
  /** Norm of all gradients together. */
  readonly norm: number;
  readonly rate: number;
  readonly seconds: number;
}

/** Mean losses over pictures that judge, with frozen statistics. */
export interface Validation {
  readonly step: number;
  readonly losses: Losses;
  /** The losses of each pass, the last those of `losses`. */
  readonly passes: readonly Losses[];
  /** Whether it is the lowest total so far. */
  readonly best: boolean;
}

/** What `Trainer.run` is asked for. */
export interface RunOptions {
  readonly pictures: TrainingPictures;
  /** Pictures that judge; none: the training's own losses are all there is. */
  readonly validation?: TrainingPictures | undefined;
  /** Steps altogether, those before an interruption included. */
  readonly steps: number;
  /** Rate of the optimiser; default 1e-4. */
  readonly rate?: number | undefined;
  /** Steps in which the rate rises to its full height; default 0. */
  readonly warmUp?: number | undefined;
  /** Whether the rate falls as a cosine towards the last step; default false: it stays. */
  readonly cosine?: boolean | undefined;
  /** Whether half of the pictures are mirrored; default false. */
  readonly flip?: boolean | undefined;
  /** Steps between two validations; default 500. There is one before the first step and one after the last, too. */
  readonly validateEvery?: number | undefined;
  /** Steps between two saves; default 500. */
  readonly saveEvery?: number | undefined;
  /** Waited for. */
  readonly onStep?: ((report: StepReport) => void | Promise<void>) | undefined;
  readonly onValidation?: ((report: Validation) => void | Promise<void>) | undefined;
  /** When to save: `best` after a validation that is the best so far, `last` every so often and at the end. Waited for. */
  readonly onSave?: ((kind: 'best' | 'last') => void | Promise<void>) | undefined;
  /** Told of pictures that cannot be used. */
  readonly onLeftOut?: ((left: LeftOut) => void) | undefined;
  /** Stops at once; the weights stay as the last step left them. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the run after the pass that is being computed: the step is not made, what there is is saved. */
  readonly stop?: AbortSignal | undefined;
}

/** How a run ended. */
export interface RunEnd {
  readonly step: number;
  readonly ended: 'steps' | 'stop';
}

/** Learns. Inside the runtime's `exclusive`. Errors as `Trainer.run`. */
export async function run(trainer: Trainer, options: RunOptions): Promise<RunEnd> {
  const { pictures, flip = false, steps, validateEvery = 500, saveEvery = 500, stop, signal } = options;
  const { seed } = trainer.progress;
  const drawing = new Drawing(pictures, { seed, flip, onLeftOut: options.onLeftOut });
  const judges = options.validation && (await readAll(options.validation, options.onLeftOut));
  let saved = -1;
  const save = async (): Promise<void> => {
    if (saved !== trainer.step) await options.onSave?.('last');
    saved = trainer.step;
  };
  if (trainer.step === 0) await validate(trainer, judges, options);
  while (trainer.step < steps) {
    throwIfAborted(signal);
    const report = stop?.aborted ? undefined : await makeStep(trainer, drawing, options);
    if (!report) {
      await save();
      return { step: trainer.step, ended: 'stop' };
    }
    trainer.progress = { ...trainer.progress, step: report.step };
    await options.onStep?.(report);
    const last = report.step >= steps;
    if (last || report.step % validateEvery === 0) await validate(trainer, judges, options);
    if (last || report.step % saveEvery === 0) await save();
  }
  return { step: trainer.step, ended: 'steps' };
}

/** One step, or nothing where the run was to end first. */
async function makeStep(trainer: Trainer, drawing: Drawing, options: RunOptions): Promise<StepReport | undefined> {
  const { session, settings } = trainer;
  const { batch } = settings.recipe;
  const { accumulate } = settings;
  const { stop, signal } = options;
  const begin = performance.now();
  const step = trainer.step + 1;
  const found: Losses[][] = [];
  session.clear();
  for (let part = 0; part < accumulate; part++) {
    const drawn = [];
    for (let n = 0; n < batch; n++) drawn.push(await drawing.draw(((step - 1) * accumulate + part) * batch + n));
    const place = drawn.map(({ picture }) => picture);
    try {
      found.push(await session.learn(place, { signal }));
    } catch (error) {
      const names = drawn.map(({ index }) => options.pictures.nameOf?.(index) ?? `picture ${index}`);
      throw await explained(session, place, error, `step ${step} (${names.join(', ')})`);
    }
    if (stop?.aborted) return undefined;
  }
  const factor = 1 / accumulate;
  let norm: number;
  try {
    norm = await session.norm(factor);
  } catch (error) {
    throw await explained(session, [], error, `step ${step}`);
  }
  const rate = rateAt(step - 1, options);
  session.step(step, rate, factor);
  const passes = (found[0] ?? []).map((_, pass) => mean(found.map((losses) => losses[pass]?.total ?? Number.NaN)));
  const lasts = found.map((losses) => losses.at(-1) ?? {});
  const seconds = (performance.now() - begin) / 1000;
  return { step, losses: meanLosses(lasts), passes, norm, rate, seconds };
}

/** The rate of a step, from 0. */
export function rateAt(step: number, { steps, rate = 1e-4, warmUp = 0, cosine = false }: RunOptions): number {
  if (cosine) return cosineRate(step, { steps, rate, warmUp });
  return rate * Math.min(1, (step + 1) / Math.max(1, warmUp));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function meanLosses(all: readonly Losses[]): Losses {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, mean(all.map((losses) => losses[name] ?? Number.NaN))]));
}

/** All pictures that can be read; the others are told of. */
export async function readAll(pictures: TrainingPictures, onLeftOut: RunOptions['onLeftOut']): Promise<Picture[]> {
  const found: Picture[] = [];
  for (let index = 0; index < pictures.count; index++) {
    try {
      found.push(await pictures.read(index));
    } catch (error) {
      if (!(error instanceof HyperStyleError) || !['image', 'file'].includes(error.code)) throw error;
      onLeftOut?.({ index, message: error.message });
    }
  }
  return found;
}

/** Judges, and says so; a best one is saved. */
async function validate(trainer: Trainer, judges: readonly Picture[] | undefined, options: RunOptions): Promise<void> {
  if (!judges || judges.length === 0) return;
  const { session, progress } = trainer;
  const { batch } = trainer.settings.recipe;
  const sums: Record<string, number>[] = [];
  await session.averaged(async () => {
    for (let first = 0; first < judges.length; first += batch) {
      const place = judges.slice(first, first + batch);
      const found = await session.judge(place, { signal: options.signal }).catch(async (error: unknown) => {
        throw await explained(session, place, error, `the validation after step ${progress.step}`);
      });
      found.forEach((losses, pass) => {
        const sum = sums[pass] ?? {};
        for (const [name, value] of Object.entries(losses)) sum[name] = (sum[name] ?? 0) + value * place.length;
        sums[pass] = sum;
      });
    }
  });
  const passes = sums.map((sum) =>
    Object.fromEntries(Object.entries(sum).map(([name, s]) => [name, s / judges.length])),
  );
  const losses = passes.at(-1) ?? {};
  const loss = losses.total ?? Number.NaN;
  const best = progress.best === null || loss < progress.best.loss;
  if (best) trainer.progress = { ...progress, best: { step: progress.step, loss } };
  await options.onValidation?.({ step: progress.step, losses, passes, best });
  if (best && progress.step > 0) await options.onSave?.('best');
}

/** What a training stops with, in words that say where it went wrong. */
async function explained(
  session: TrainingSession,
  pictures: readonly Picture[],
  error: unknown,
  when: string,
): Promise<unknown> {
  if (!(error instanceof TrainingFault)) return error;
  const repair = 'the weights of the step before are kept; lower the rate, clip the gradients, or look at the pictures';
  const { where, at, losses } = error;
  if (where === 'gradient') {
    return new HyperStyleError('loss', `training: the gradient of "${at}" is no finite number in ${when}; ${repair}`);
  }
  const pass = Number(at);
  const layer = await findFault(session, () => session.place(pictures), where, pass).catch(() => undefined);
  const [name, value] = Object.entries(losses).find(([, each]) => !Number.isFinite(each)) ?? ['total', Number.NaN];
  const from = layer ? `the first number that is none comes out of "${layer}"` : 'no layer could be named';
  return new HyperStyleError(
    'loss',
    `training: the loss "${name}" is ${value} in pass ${pass + 1} of ${when}: ${from}; ${repair}`,
    { cause: error },
  );
}
