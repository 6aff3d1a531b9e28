/** Pixel norm: the first layer of the mapping network. */
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link pixelNorm}. */
export interface PixelNormArgs {
  readonly label?: string | undefined;
  /** `[rows, n]` */
  readonly input: Tensor;
  readonly output?: Tensor | undefined;
}

/** `x · rsqrt(mean(x²) + 1e-8)` over the features of each row → `[rows, n]` (StyleGAN2 `PixelNorm`). */
export function pixelNorm(g: Recorder, a: PixelNormArgs): Tensor {
  const { label = 'pixel norm', input, output: given } = a;
  const [rows, n] = [dim(input, 0), dim(input, 1)];
  const output = given ?? g.transient(label, [rows, n]);
  expectShape(`pixelNorm "${label}"`, 'output', output, [rows, n]);
  g.add({
    op: 'pixelNorm',
    label: `${label} ${rows}×${n}`,
    shader: 'pixel_norm',
    parts: ['tree_sum'],
    substitutions: { WORKGROUP_SIZE },
    uniforms: [u32('n', n)],
    bindings: [read(input), write(output)],
    grid: [rows, 1, 1],
    flops: 3 * rows * n,
  });
  g.pullback?.({ op: 'pixelNorm', args: a, output });
  return output;
}
