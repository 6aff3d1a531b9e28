/** What edits by name ask for, checked, and what they come to: one vector that the host adds up (pure). */
import { addDirection, type Direction, type DirectionAmount } from '../editing/direction.ts';
import { type EditSpace, type EditVectors, noEdit } from '../editing/edit-space.ts';
import type { Edits, LayerEdit } from '../editing/edits.ts';
import { ensure, ensureOptions, inWords } from '../errors.ts';

export type { Edits, LayerEdit };

/** One checked edit. */
interface CheckedEdit extends DirectionAmount {
  readonly direction: Direction;
}

/** Directions by name. */
export type Directions = ReadonlyMap<string, Direction>;

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
    const { amount, layers, beta } = given;
    ensure(
      typeof amount === 'number' && Number.isFinite(amount),
      'option',
      () => `${what}: the amount is ${inWords(amount)}, expected a number, about -3 to 3`,
    );
    if (layers === undefined) return { direction, amount, beta };
    const [from = Number.NaN, to = Number.NaN] = Array.isArray(layers) ? layers : [];
    ensure(
      Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= latentCount,
      'option',
      () =>
        `${what}: layers are ${Array.isArray(layers) ? `${from} to ${to}` : inWords(layers)}, ` +
        `expected whole numbers with 0 ≤ from < to ≤ ${latentCount}`,
    );
    return { direction, amount, beta, rows: [from, to] };
  });
}

/**
 * The sum of all edits: what is added to the latents and to the styles.
 * @param base the person's latents; only GANSpace's directions, which are absolute, need them ({@link needsLatents})
 * @throws `option` error when a name is unknown, an amount no finite number, or layers are none of the model's
 */
export function editVectors(
  space: EditSpace,
  directions: Directions,
  edits: Edits,
  base: Float32Array = new Float32Array(),
): EditVectors {
  const vectors = noEdit(space);
  for (const { direction, ...amount } of checkEdits(edits, directions, space.latentCount))
    addDirection(space, base, direction, amount, vectors);
  return vectors;
}

/** Whether an edit depends on the latents it starts from. */
export function needsLatents(directions: Directions, edits: Edits): boolean {
  ensureOptions('edit', edits);
  return Object.keys(edits).some((name) => directions.get(name)?.kind === 'component');
}

/** First latent row in which two offsets differ; 0 when there is nothing to compare with, the number of rows when they agree. */
export function firstChangedRow(now: Float32Array, before: Float32Array | undefined, styleDim: number): number {
  if (!before) return 0;
  const first = now.findIndex((value, i) => value !== before[i]);
  return Math.floor((first < 0 ? now.length : first) / styleDim);
}
