/** What a trained model makes of pictures it does not learn from, and how far that is from them. */
import { ensure, ensureList, inWords } from '../errors.ts';
import type { Picture } from './session.ts';
import type { Trainer } from './trainer.ts';

/** What {@link judge} found. */
export interface Judgement {
  /** Mean squared errors over all pictures, one a pass: of a hypernetwork y_0 … y_T. */
  readonly errors: readonly number[];
  /** Of the first pictures what the model makes of each, a picture a pass. */
  readonly shown: readonly (readonly Picture[])[];
}

/**
 * Shows pictures to a model, with its running averages where it has some.
 * @param targets `[3, h, w]` each, of {@link Trainer.shape}
 * @param keep of how many the pictures are returned; default: all
 * @throws as `Trainer.show`; `option` error for what is no trainer or no list
 */
export async function judge(
  trainer: Pick<Trainer, 'show'>,
  targets: readonly Picture[],
  keep = targets?.length,
): Promise<Judgement> {
  const isTrainer = typeof Object(trainer).show === 'function';
  ensure(isTrainer, 'option', () => `judge got ${inWords(trainer)}, expected a Trainer`);
  ensureList('judge', targets, 'pictures [3, h, w]');
  const sums: number[] = [];
  const shown: Picture[][] = [];
  for (const target of targets) {
    const made = await trainer.show(target);
    made.forEach((picture, pass) => {
      sums[pass] = (sums[pass] ?? 0) + meanSquare(picture, target);
    });
    if (shown.length < keep) shown.push(made);
  }
  return { errors: sums.map((sum) => sum / targets.length), shown };
}

/** Mean squared difference of two pictures. */
export function meanSquare(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - (b[i] ?? Number.NaN)) ** 2, 0) / Math.max(1, a.length);
}
