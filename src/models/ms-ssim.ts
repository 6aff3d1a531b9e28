/**
 * Multi-scale structural similarity of two pictures (Wang, Simoncelli, Bovik 2003): 1 for equal ones, less for others.
 * Gaussian window of 11 pixels, only where it fits whole; contrast and structure at every scale, luminance at the
 * coarsest; scales are halved by 2×2 averages, an odd last row is dropped.
 *
 * The paper's five scales need a side of 176, and its exponents are used as printed (they sum to 1.0001). Smaller
 * pictures use as many scales as fit, with exponents scaled to sum to 1: three at 64 pixels, four at 128. Values for
 * different numbers of scales must not be compared.
 */
import { crop } from '../kernels/crop.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { adaptivePool } from '../kernels/pools.ts';
import { type SsimReading, ssimProduct, ssimScale } from '../kernels/ssim.ts';
import type { Tensor } from '../tensor.ts';
import { type MsSsimForm, msSsimExponents } from './ms-ssim-forms.ts';

/** How a form reads pictures in [-1, 1]. */
const READINGS: Readonly<Record<MsSsimForm, SsimReading>> = {
  standard: { scale: 0.5, shift: 0.5, range: 1 },
  authors: { scale: 1, shift: 0, range: 'guessed' },
};

/** Arguments of {@link msSsim}. */
export interface MsSsimArgs {
  readonly label: string;
  /** `[C, H, W]` in [-1, 1], no side below 11. */
  readonly input: Tensor;
  /** Like it; a constant. */
  readonly target: Tensor;
  readonly form: MsSsimForm;
  /** Whether 1 − the similarity is wanted, a loss. */
  readonly distance?: boolean | undefined;
}

/**
 * MS-SSIM: `mean` `[1]`, and `channels` of which it is one: `[C]` in the standard form, `[1]` in the authors'.
 * @throws `tensor` error when shapes differ or a side is below the window
 */
export function msSsim(g: Recorder, a: MsSsimArgs): { channels: Tensor; mean: Tensor } {
  const { label, form, distance = false } = a;
  const channels = dim(a.input, 0);
  const exponents = msSsimExponents(Math.min(dim(a.input, 1), dim(a.input, 2)));
  const scales = Math.max(1, exponents.length);
  const statistics = g.transient(`${label} statistics`, [scales, 2, channels]);
  let [input, target] = [a.input, a.target];
  for (let scale = 0; scale < scales; scale++) {
    if (scale > 0) [input, target] = [halved(g, label, input), halved(g, label, target)];
    const slot = { tensor: statistics, offset: 2 * channels * scale };
    ssimScale(g, { label: `${label} ${scale}`, input, target, statistics: slot, ...READINGS[form] });
  }
  return ssimProduct(g, { label, statistics, exponents, together: form === 'authors', distance });
}

/** 2×2 averages; an odd last row or column is dropped. */
function halved(g: Recorder, label: string, picture: Tensor): Tensor {
  const [height, width] = [dim(picture, 1) >> 1, dim(picture, 2) >> 1];
  const even = dim(picture, 1) === 2 * height && dim(picture, 2) === 2 * width;
  const whole = even ? picture : crop(g, { label, input: picture, rows: [0, 2 * height], columns: [0, 2 * width] });
  return adaptivePool(g, { label: `${label} half`, input: whole, height, width });
}
