/** How a person is shown, checked and made whole, and what of it differs from how they were shown before (pure). */
import { ensure, ensureOptions, inWords } from '../errors.ts';
import type { HyperStyleNetwork } from '../method/hyperstyle-network.ts';
import type { GeneratorNetwork } from '../models/generator-network.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { firstChangedRow } from './edits.ts';
import type { Look } from './public.ts';

/** As inverted. */
export const UNCHANGED: Look = {};

/** A look with nothing left out. */
export interface CheckedLook {
  /** `[latentCount, styleDim]` */
  readonly offset: Float32Array;
  /** `[S]` */
  readonly styleOffset: Float32Array;
  /** Of each tuned layer, by index in hypernetwork order. */
  readonly strength: (layer: number) => number;
  /** After which step; the last when absent. */
  readonly step: number | undefined;
  /** The strengths of all tuned layers, in a fixed order. */
  readonly strengths: readonly number[];
}

/** @throws `option` error when a length is wrong or a number not finite */
export function checkLook({ state, hypernetwork }: HyperStyleNetwork, look: Look): CheckedLook {
  ensureOptions('show', look);
  const { offset, styleOffset, strength = 1 } = look;
  const given = typeof strength === 'function' ? strength : () => strength;
  const of = new Map((hypernetwork?.weightLayers ?? []).map((layer) => [layer, given(layer)]));
  for (const [layer, value] of of) {
    ensure(
      typeof value === 'number' && Number.isFinite(value),
      'option',
      () => `strength of layer ${layer} is ${inWords(value)}, expected a number, usually 0 to 1.5`,
    );
  }
  return {
    offset: checkVector('offset', offset, state.offset),
    styleOffset: checkVector('styleOffset', styleOffset, state.styleOffset),
    strength: (layer) => of.get(layer) ?? 1,
    step: look.step,
    strengths: [...of.values()],
  };
}

/** A copy of `given`, or zeros. */
function checkVector(what: string, given: Float32Array | undefined, like: Tensor): Float32Array {
  const count = elementCount(like.shape);
  if (given === undefined) return new Float32Array(count);
  ensure(
    given instanceof Float32Array && given.length === count,
    'option',
    () => `${what} is ${inWords(given)}, expected a Float32Array of ${count} numbers [${like.shape.join(', ')}]`,
  );
  ensure(
    given.every(Number.isFinite),
    'option',
    () => `${what} holds ${given.find((value) => !Number.isFinite(value))}: every number must be finite`,
  );
  return given.slice();
}

/** Whether two looks need the same weights. */
export function sameStrength(a: CheckedLook, b: CheckedLook): boolean {
  return a.step === b.step && a.strengths.every((strength, i) => strength === b.strengths[i]);
}

/** What of a look moves styles. */
type Moved = Pick<CheckedLook, 'offset' | 'styleOffset'>;

/** First latent row whose layers' styles differ between two looks; the number of rows when none does. */
export function firstRowThatMoves({ sizes, generator }: GeneratorNetwork, now: Moved, before: Moved): number {
  const row = firstChangedRow(now.offset, before.offset, sizes.styleDim);
  const first = now.styleOffset.findIndex((value, i) => value !== before.styleOffset[i]);
  if (first < 0) return row;
  // a toRGB may read an earlier row than the convolution before it: ask every layer from there on
  const ends = generator.styleOffsets().map((start, i) => start + (generator.layers[i]?.inChannels ?? 0));
  const moved = generator.layers.filter((_, i) => (ends[i] ?? 0) > first);
  return Math.min(row, ...moved.map(({ latentIndex }) => latentIndex));
}
