/** What an edit asks for, checked (pure). */
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

/** One checked edit. */
export interface CheckedEdit {
  /** Index of its direction. */
  readonly direction: number;
  readonly amount: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The edits by direction.
 * @param names of the model's directions, in their order
 * @throws `option` error when a name is unknown, an amount no finite number, or layers are none of the model's
 */
export function checkEdits(edits: Edits, names: readonly string[], latentCount: number): CheckedEdit[] {
  ensureOptions('edit', edits);
  return Object.entries(edits).map(([name, edit]) => {
    const what = `edit "${name}"`;
    const direction = names.indexOf(name);
    ensure(
      direction >= 0,
      'option',
      () => `${what}: this model has ${names.length > 0 ? names.join(', ') : 'no directions'}`,
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
