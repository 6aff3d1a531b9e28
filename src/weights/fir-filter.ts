/** StyleGAN2's FIR filter, which all kernels blur with; checkpoints carry it as a buffer beside each layer that samples up. */

/** One axis of the filter. */
export const FIR_TAPS = [1, 3, 3, 1];

/** The filter as checkpoints have it `[4, 4]`: it sums to 4, since zeros were put between the pixels that it blurs. */
export function upsamplingFilter(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 16 }, (_, i) => ((FIR_TAPS[i >> 2] ?? 0) * (FIR_TAPS[i & 3] ?? 0)) / 16);
}
