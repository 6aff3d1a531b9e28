/**
 * Where edits live: the latents of a generator and, after their affine layers, its styles. Every edit of this folder ends
 * in an {@link EditVectors}, which the engine adds: `latents = base + offset`, `styles = affine(latents) + styleOffset`.
 */
import { type Architecture, type GeneratorLayer, generatorLayers } from '../architecture.ts';
import { ensure } from '../errors.ts';

/** A generator layer and where its style lies. */
export interface StyledLayer extends GeneratorLayer {
  /** Index of its first channel in the styles of all layers, one after another. */
  readonly firstStyle: number;
}

/** The sizes that edits depend on. */
export interface EditSpace {
  readonly latentCount: number;
  readonly styleDim: number;
  /** In hypernetwork order. */
  readonly layers: readonly StyledLayer[];
  /** Length S of all styles: the input channels of all layers, toRGB included. */
  readonly styleCount: number;
}

/** What is added to one person: zeros where nothing is edited. */
export interface EditVectors {
  /** `[latentCount, styleDim]` */
  readonly offset: Float32Array<ArrayBuffer>;
  /** `[S]` */
  readonly styleOffset: Float32Array<ArrayBuffer>;
}

/** Latent rows [from, to), counted from 0. */
export type RowRange = readonly [from: number, to: number];

/** The edit space of a generator of these sizes. */
export function editSpace(
  architecture: Pick<Architecture, 'size' | 'channels' | 'styleDim' | 'latentCount'>,
): EditSpace {
  let firstStyle = 0;
  const layers = generatorLayers(architecture).map((layer): StyledLayer => {
    const styled = { ...layer, firstStyle };
    firstStyle += layer.inChannels;
    return styled;
  });
  const { latentCount, styleDim } = architecture;
  return { latentCount, styleDim, layers, styleCount: firstStyle };
}

/** No edit. */
export function noEdit({ latentCount, styleDim, styleCount }: EditSpace): EditVectors {
  return { offset: new Float32Array(latentCount * styleDim), styleOffset: new Float32Array(styleCount) };
}

/** @throws `option` error unless `rows` is a range of latent rows with something in it */
export function checkRows(what: string, [from, to]: RowRange, { latentCount }: Pick<EditSpace, 'latentCount'>): void {
  ensure(
    Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= latentCount,
    'option',
    () => `${what}: layers ${from} to ${to}, expected whole numbers with 0 ≤ from < to ≤ ${latentCount}`,
  );
}

/** @throws `option` error when `amount` is no finite number */
export function checkAmount(what: string, amount: number): void {
  ensure(
    Number.isFinite(amount),
    'option',
    () => `${what}: the amount is ${amount}, expected a finite number, about -3 to 3`,
  );
}

/** @throws `tensor` error unless these are latents `[latentCount, styleDim]` of this generator, all finite */
export function checkLatents(what: string, values: Float32Array, { latentCount, styleDim }: EditSpace): void {
  ensure(
    values.length === latentCount * styleDim,
    'tensor',
    () =>
      `${what}: ${values.length} latent values, this model's are [${latentCount}, ${styleDim}]; they belong to another generator`,
  );
  ensure(values.every(Number.isFinite), 'tensor', () => `${what}: holds NaN or infinity; save the latents again`);
}
