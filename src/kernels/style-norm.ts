/** Styles for f16 arithmetic: each layer's divided by their largest magnitude, so that no product overflows. */
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, type Recorder, read, u32, write } from './kernel.ts';

/** Where a layer's style is in the concatenated styles. */
export interface StyleRange {
  readonly first: number;
  readonly length: number;
}

/** The table `[layers, 2]` that {@link styleNorm} reads; whole numbers below 2^24 are exact in f32. */
export function styleTable(layers: readonly StyleRange[]): Float32Array {
  return Float32Array.from(layers.flatMap(({ first, length }) => [first, length]));
}

/** Arguments of {@link styleNorm}. */
export interface StyleNormArgs {
  /** Styles of all layers `[S]`. */
  readonly styles: Tensor;
  /** `[layers, 2]`; see {@link styleTable}. */
  readonly table: Tensor;
  /** `[S]` */
  readonly output: Tensor;
}

/**
 * `n = s / max |s|` of each layer (StyleGAN2's `modulated_conv2d` in f16). Where demodulation is computed from n too,
 * nothing but its 1e-8 changes.
 * @throws `tensor` error when shapes disagree
 */
export function styleNorm(g: Recorder, { styles, table, output }: StyleNormArgs): Tensor {
  const layers = dim(table, 0);
  expectShape('styleNorm', 'table', table, [layers, 2]);
  expectShape('styleNorm', 'output', output, styles.shape);
  g.add({
    op: 'styleNorm',
    label: `${layers} layers`,
    shader: 'style_norm',
    uniforms: [u32('layers', layers)],
    bindings: [read(styles), read(table), write(output)],
    grid: [layers, 1, 1],
    flops: 0,
  });
  return output;
}
