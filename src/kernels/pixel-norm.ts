/**
 * Pixel norm: the first layer of the mapping network, and what makes descriptors of pictures equally long before they
 * are compared.
 */
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, f32, type Recorder, read, type UniformField, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link pixelNorm}. */
export interface PixelNormArgs {
  readonly label?: string | undefined;
  /** `[rows, n]` */
  readonly input: Tensor;
  readonly output?: Tensor | undefined;
  /** What is added to the mean square; StyleGAN2's 1e-8 when absent. */
  readonly epsilon?: number | undefined;
}

/** StyleGAN2's. */
const EPSILON = 1e-8;
/** Keeps a vector of zeros one: the square of what PyTorch's `normalize` divides by at least. */
const LEAST = 1e-24;

/** Uniform field of ε. */
export const epsilonField = ({ epsilon = EPSILON }: PixelNormArgs): UniformField => f32('epsilon', epsilon);

/** `x · rsqrt(mean(x²) + ε)` over the features of each row → `[rows, n]` (StyleGAN2 `PixelNorm`). */
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
    uniforms: [u32('n', n), epsilonField(a)],
    bindings: [read(input), write(output)],
    grid: [rows, 1, 1],
    flops: 3 * rows * n,
  });
  g.pullback?.({ op: 'pixelNorm', args: a, output });
  return output;
}

/** Rows `[rows, n]` made equally long: √n, so that half the mean squared difference of two is 1 − the cosine of their angle. */
export function equallyLong(g: Recorder, label: string, input: Tensor): Tensor {
  return pixelNorm(g, { label, input, epsilon: LEAST });
}
