/**
 * Directions of every published kind as plain data, and how an amount of one becomes offsets of latents and styles:
 * InterFaceGAN and SeFa (a vector in W or W+), GANSpace (a principal component, whose strength is absolute), StyleSpace
 * (single channels) and StyleCLIP's global directions (channels that a phrase moves).
 */
import { ensure } from '../errors.ts';
import { checkAmount, checkRows, type EditSpace, type EditVectors, type RowRange } from './edit-space.ts';
import { type GlobalDirection, globalStyles } from './styleclip.ts';

/** w + α·n (InterFaceGAN, arXiv 2005.09635; SeFa, arXiv 2007.06600). */
export interface LatentDirection {
  readonly kind: 'latent';
  readonly name: string;
  /** 1: the same vector for every row of the latent; latentCount: a vector a row. */
  readonly vectors: number;
  /** `[vectors, styleDim]` */
  readonly values: Float32Array<ArrayBuffer>;
  /** Rows it moves unless the caller says otherwise; all when absent. */
  readonly rows?: RowRange | undefined;
}

/** (amount − ⟨w_0 − mean, c⟩/σ)·c·σ: the amount is where the latent shall lie, in deviations (GANSpace, arXiv 2004.02546). */
export interface ComponentDirection {
  readonly kind: 'component';
  readonly name: string;
  /** `[styleDim]` */
  readonly mean: Float32Array<ArrayBuffer>;
  /** Unit vector `[styleDim]`. */
  readonly component: Float32Array<ArrayBuffer>;
  /** Deviation of the latents along it. */
  readonly sigma: number;
  readonly rows?: RowRange | undefined;
}

/** One style channel and how far an amount of 1 moves it. */
export type ChannelOffset = readonly [layer: number, channel: number, amount: number];

/** Channels of the styles, each by its own amount (StyleSpace, arXiv 2011.12799). */
export interface ChannelDirection {
  readonly kind: 'channels';
  readonly name: string;
  /** Layer in hypernetwork order, input channel, amount. */
  readonly offsets: readonly ChannelOffset[];
}

/** Any direction. */
export type Direction = LatentDirection | ComponentDirection | ChannelDirection | GlobalDirection;

/** How much of a direction. */
export interface DirectionAmount {
  readonly amount: number;
  /** Latent rows to move; not for directions of styles. Default: the direction's own, else all. */
  readonly rows?: RowRange | undefined;
  /** StyleCLIP's β: channels of less relevance stay. Default: the direction's own. */
  readonly beta?: number | undefined;
}

/**
 * Adds an amount of a direction to `to`.
 * @param base the person's latents before any edit `[latentCount, styleDim]`
 * @throws `option` error for an amount, range or layer that does not exist, `tensor` error for a direction of other sizes
 */
export function addDirection(
  space: EditSpace,
  base: Float32Array,
  direction: Direction,
  request: DirectionAmount,
  to: EditVectors,
): void {
  const what = `edit "${direction.name}"`;
  const { amount, rows } = request;
  checkAmount(what, amount);
  if (rows) checkRows(what, rows, space);
  checkDirection(direction, space);
  const { offset, styleOffset } = to;
  if (direction.kind === 'latent') addLatent(space, direction, amount, rows, offset);
  else if (direction.kind === 'component') addComponent(space, base, direction, amount, rows, offset);
  else if (direction.kind === 'channels') addChannels(space, direction, amount, styleOffset);
  else addAll(styleOffset, globalStyles(space, direction, request.beta), amount);
}

/** @throws `tensor` error when a direction does not fit a generator of these sizes, `option` for channels it lacks */
export function checkDirection(direction: Direction, space: EditSpace): void {
  const { latentCount, styleDim } = space;
  const fits = (what: string, have: number, need: number): void => {
    ensure(
      have === need,
      'tensor',
      () =>
        `direction "${direction.name}": ${what} ${have}, this model's is ${need}; it was made for another generator`,
    );
  };
  if (direction.kind === 'latent') {
    const { vectors, values } = direction;
    fits('latent width is', values.length / vectors, styleDim);
    if (vectors !== 1) fits('number of latent rows is', vectors, latentCount);
  } else if (direction.kind === 'component') {
    fits('latent width is', direction.component.length, styleDim);
    fits('width of the mean is', direction.mean.length, styleDim);
  } else if (direction.kind === 'channels') {
    for (const [layer, channel, amount] of direction.offsets)
      checkChannel(direction.name, space, layer, channel, amount);
  } else {
    fits('number of styles is', direction.deviations.length, space.styleCount);
  }
  if ('rows' in direction && direction.rows) checkRows(`direction "${direction.name}"`, direction.rows, space);
}

function checkChannel(name: string, { layers }: EditSpace, layer: number, channel: number, amount: number): void {
  const found = layers[layer];
  ensure(
    found,
    'option',
    () => `direction "${name}": layer ${layer}, expected 0 to ${layers.length - 1} in hypernetwork order`,
  );
  ensure(
    Number.isInteger(channel) && channel >= 0 && channel < found.inChannels,
    'option',
    () => `direction "${name}": channel ${channel} of layer ${layer}, which has channels 0 to ${found.inChannels - 1}`,
  );
  checkAmount(`direction "${name}", layer ${layer}, channel ${channel}`, amount);
}

function addLatent(
  { styleDim, latentCount }: EditSpace,
  { vectors, values, rows: own }: LatentDirection,
  amount: number,
  rows: RowRange | undefined,
  offset: Float32Array,
): void {
  const [from, to] = rows ?? own ?? [0, latentCount];
  for (let row = from; row < to; row++) {
    const first = vectors === 1 ? 0 : row * styleDim;
    for (let d = 0; d < styleDim; d++) {
      const at = row * styleDim + d;
      offset[at] = (offset[at] ?? 0) + amount * (values[first + d] ?? 0);
    }
  }
}

function addComponent(
  { styleDim, latentCount }: EditSpace,
  base: Float32Array,
  { mean, component, sigma, rows: own }: ComponentDirection,
  amount: number,
  rows: RowRange | undefined,
  offset: Float32Array,
): void {
  let projection = 0;
  // as in the authors' code, the first row's coordinate counts for all rows
  for (let d = 0; d < styleDim; d++) projection += ((base[d] ?? 0) - (mean[d] ?? 0)) * (component[d] ?? 0);
  const length = amount * sigma - projection;
  const [from, to] = rows ?? own ?? [0, latentCount];
  for (let row = from; row < to; row++) {
    for (let d = 0; d < styleDim; d++) {
      const at = row * styleDim + d;
      offset[at] = (offset[at] ?? 0) + length * (component[d] ?? 0);
    }
  }
}

function addChannels(space: EditSpace, { offsets }: ChannelDirection, amount: number, styleOffset: Float32Array): void {
  for (const [layer, channel, by] of offsets) {
    const at = (space.layers[layer]?.firstStyle ?? 0) + channel;
    styleOffset[at] = (styleOffset[at] ?? 0) + amount * by;
  }
}

function addAll(to: Float32Array, values: Float32Array, amount: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) + amount * (values[i] ?? 0);
}
