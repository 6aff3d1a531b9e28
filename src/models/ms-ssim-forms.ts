/** Forms and exponents of MS-SSIM, for the network of `ms-ssim.ts` and for the host's own measure. */
import { SSIM_WINDOW } from '../kernels/ssim-window.ts';

/** The paper's exponents, finest scale first. */
const EXPONENTS: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/**
 * `standard`: channel by channel on (x + 1) / 2, then their mean; negative means count as 0. `authors`: HyperStyle's
 * metric, on [-1, 1], means over all channels at once, the dynamic range guessed anew at every scale; a negative mean
 * gives no number.
 */
export const MS_SSIM_FORMS = ['standard', 'authors'] as const;
/** One of {@link MS_SSIM_FORMS}. */
export type MsSsimForm = (typeof MS_SSIM_FORMS)[number];

/** Exponents of pictures with this shorter side, finest scale first; none where not even one window fits. */
export function msSsimExponents(shorterSide: number): readonly number[] {
  const fitting = EXPONENTS.filter((_, scale) => Math.floor(shorterSide / 2 ** scale) >= SSIM_WINDOW);
  if (fitting.length === EXPONENTS.length) return EXPONENTS;
  const total = fitting.reduce((sum, exponent) => sum + exponent, 0);
  return fitting.map((exponent) => exponent / total);
}
