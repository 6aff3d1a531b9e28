/** What edits by name ask for, checked, and what they come to: one vector that the host adds up (pure). */
import { ensure, inWords } from '../errors.ts';
import { ensureOptions } from './options.ts';

/** An edit of some layers only: rows `[from, to)` of the W+ latent (coarse first; structure below about 8, colours above). */
export interface LayerEdit {
  readonly amount: number;
  /** All layers when absent. */
  readonly layers?: readonly [from: number, to: number] | undefined;
}

/** Amounts by direction name, in standard deviations of the attribute (about -3 to 3), for all layers or some. */
export type Edits = Readonly<Record<string, number | LayerEdit>>;

/** One checked edit: `amount` times `direction` on latent rows `[from, to)`. */
interface CheckedEdit {
  /** `[styleDim]` */
  readonly direction: Float32Array;
  readonly amount: number;
  readonly from: number;
  readonly to: number;
}

type Directions = ReadonlyMap<string, Float32Array>;

function checkEdits(edits: Edits, directions: Directions, latentCount: number): CheckedEdit[] {
  ensureOptions('edit', edits);
  return Object.entries(edits).map(([name, edit]) => {
    const what = `edit "${name}"`;
    const direction = directions.get(name);
    ensure(
      direction,
      'option',
      () => `${what}: this model has ${directions.size > 0 ? [...directions.keys()].join(', ') : 'no directions'}`,
    );
    const given: Partial<LayerEdit> = typeof edit === 'object' && edit !== null ? edit : { amount: edit };
    const { amount, layers = [0, latentCount] } = given;
    ensure(
      typeof amount === 'number' && Number.isFinite(amount),
      'option',
      () => `${what}: the amount is ${inWords(amount)}, expected a number, about -3 to 3`,
    );
    const [from = Number.NaN, to = Number.NaN] = Array.isArray(layers) ? layers : [];
    ensure(
      Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= latentCount,
      'option',
      () =>
        `${what}: layers are ${Array.isArray(layers) ? `${from} to ${to}` : inWords(layers)}, expected whole numbers with 0 ≤ from < to ≤ ${latentCount}`,
    );
    return { direction, amount, from, to };
  });
}

/**
 * The sum of all edits, `Σ α·n` on the rows that each of them moves (InterFaceGAN, arXiv 1907.10786).
 * @param directions by name, each `[styleDim]`
 * @returns `[latentCount, styleDim]`
 * @throws `option` error when a name is unknown, an amount no finite number, or layers are none of the model's
 */
export function latentOffset(
  directions: Directions,
  edits: Edits,
  { latentCount, styleDim }: { readonly latentCount: number; readonly styleDim: number },
): Float32Array {
  const offset = new Float32Array(latentCount * styleDim);
  for (const { direction, amount, from, to } of checkEdits(edits, directions, latentCount)) {
    for (let i = from * styleDim; i < to * styleDim; i++) {
      offset[i] = (offset[i] ?? 0) + amount * (direction[i % styleDim] ?? 0);
    }
  }
  return offset;
}

/** First latent row in which two offsets differ; 0 when there is nothing to compare with, the number of rows when they agree. */
export function firstChangedRow(now: Float32Array, before: Float32Array | undefined, styleDim: number): number {
  if (!before) return 0;
  const first = now.findIndex((value, i) => value !== before[i]);
  return Math.floor((first < 0 ? now.length : first) / styleDim);
}
