/** The Gaussian window of SSIM, for kernels and for the host's own measure. */

/** Pixels of its side. */
export const SSIM_WINDOW = 11;

const SIGMA = 1.5;

/** Weights of the window along one axis; they sum to 1. */
export const SSIM_WEIGHTS: readonly number[] = (() => {
  const middle = (SSIM_WINDOW - 1) / 2;
  const taps = Array.from({ length: SSIM_WINDOW }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * SIGMA ** 2)));
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
})();
