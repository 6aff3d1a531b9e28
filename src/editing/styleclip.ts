/**
 * StyleCLIP's global directions (arXiv 2103.17249, §6): how much each style channel moves a picture along a phrase, from
 * the authors' tables `fs3.npy` (each channel's effect in CLIP's space) and `S_mean_std` (deviations of the styles).
 * The phrase comes as Δi, the unit difference of two texts' embeddings: a text encoder is the caller's.
 */
import { ensure } from '../errors.ts';
import type { EditSpace, StyledLayer } from './edit-space.ts';

/** Convolutions that the authors' code moves: those with outputs up to 128 pixels. */
const MOVED_LAYERS = 11;
/** The authors' usual threshold β. */
const DEFAULT_BETA = 0.13;

/** What moves with a phrase. */
export interface GlobalDirection {
  readonly kind: 'global';
  readonly name: string;
  /** fs3·Δi: one number a channel of the convolutions, one layer after another in hypernetwork order, toRGB left out. */
  readonly relevance: Float32Array<ArrayBuffer>;
  /** σ of every style `[S]`, toRGB included. */
  readonly deviations: Float32Array<ArrayBuffer>;
  /** β where the caller names none. */
  readonly beta: number;
  /** How many convolutions are moved, from the first. */
  readonly movedLayers: number;
}

/** The authors' tables for one generator. */
export interface StyleClipTables {
  /** `[channels of the convolutions, width]`, row-major. */
  readonly effects: Float32Array;
  /** C, the width of CLIP's space. */
  readonly width: number;
  /** `[S]` */
  readonly deviations: Float32Array<ArrayBuffer>;
}

/** Options of {@link globalDirection}. */
export interface GlobalDirectionOptions {
  readonly name: string;
  readonly beta?: number | undefined;
  readonly movedLayers?: number | undefined;
}

function convolutions({ layers }: EditSpace): readonly StyledLayer[] {
  return layers.filter(({ kind }) => kind !== 'rgb');
}

/**
 * The direction of a phrase.
 * @param deltaI Δi `[C]`
 * @throws `tensor` error when the tables or Δi are of other sizes
 */
export function globalDirection(
  space: EditSpace,
  { effects, width, deviations }: StyleClipTables,
  deltaI: ArrayLike<number>,
  { name, beta = DEFAULT_BETA, movedLayers = MOVED_LAYERS }: GlobalDirectionOptions,
): GlobalDirection {
  const channels = convolutions(space).reduce((sum, { inChannels }) => sum + inChannels, 0);
  ensure(
    effects.length === channels * width,
    'tensor',
    () =>
      `fs3.npy: has ${effects.length / width} channels, this model's convolutions have ${channels}; ` +
      'it was made for another generator',
  );
  ensure(
    deltaI.length === width,
    'tensor',
    () =>
      `phrase "${name}": Δi has ${deltaI.length} numbers, fs3.npy's rows have ${width}; both must come from one CLIP`,
  );
  const relevance = new Float32Array(channels);
  for (let row = 0; row < channels; row++) {
    let sum = 0;
    for (let c = 0; c < width; c++) sum += (effects[row * width + c] ?? 0) * (deltaI[c] ?? 0);
    relevance[row] = sum;
  }
  return { kind: 'global', name, relevance, deviations, beta, movedLayers };
}

/**
 * What an amount of 1 adds to the styles `[S]`: relevance below β becomes 0, the rest is divided by the largest that is
 * left (over all channels, moved or not), times each channel's σ. All zeros when nothing is left.
 * @throws `option` error for a β that is no number from 0
 */
export function globalStyles(
  space: EditSpace,
  { name, relevance, deviations, beta: own, movedLayers }: GlobalDirection,
  beta: number = own,
): Float32Array<ArrayBuffer> {
  ensure(beta >= 0, 'option', () => `edit "${name}": β is ${beta}, expected a number from 0, such as ${DEFAULT_BETA}`);
  const kept = relevance.map((r) => (Math.abs(r) < beta ? 0 : r));
  const largest = kept.reduce((most, r) => Math.max(most, Math.abs(r)), 0);
  const styles = new Float32Array(space.styleCount);
  if (largest === 0) return styles;
  let row = 0;
  for (const [n, { firstStyle, inChannels }] of convolutions(space).entries()) {
    for (let c = 0; c < inChannels && n < movedLayers; c++) {
      styles[firstStyle + c] = ((kept[row + c] ?? 0) / largest) * (deviations[firstStyle + c] ?? 0);
    }
    row += inChannels;
  }
  return styles;
}
