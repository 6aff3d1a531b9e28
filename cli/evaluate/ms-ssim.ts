/**
 * Multi-scale structural similarity (Wang, Simoncelli, Bovik 2003) of two RGB pictures: 1 for equal ones, less for
 * others. Gaussian window of 11 pixels, σ = 1.5, only where it fits whole; contrast and structure at every scale,
 * luminance at the coarsest; scales are halved by 2×2 averaging; the three channels are averaged.
 *
 * The paper's five scales need a side of 176. Smaller pictures use as many as fit, with the weights scaled to sum to 1:
 * three at 64 pixels (64, 32, 16), four at 128. Values for different numbers of scales must not be compared.
 */
import { ensure } from '../../src/errors.ts';

/** The paper's exponents, finest scale first. */
const WEIGHTS: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const WINDOW = 11;
const SIGMA = 1.5;
/** Stabilising constants for a dynamic range of 1. */
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** A picture `[3, height, width]`, values in [0, 1]. */
export interface PlanarPicture {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

interface Plane {
  readonly data: Float64Array;
  readonly width: number;
  readonly height: number;
}

/** How many scales pictures of this shorter side are compared at: as many as leave room for the window, at most five. */
export function scaleCount(shorterSide: number): number {
  return WEIGHTS.filter((_, scale) => Math.floor(shorterSide / 2 ** scale) >= WINDOW).length;
}

/** MS-SSIM of two pictures of the same size. @throws `image` error when sizes differ or a side is below 11 pixels */
export function msSsim(a: PlanarPicture, b: PlanarPicture): number {
  const { width, height } = a;
  ensure(
    width === b.width && height === b.height && Math.min(width, height) >= WINDOW,
    'image',
    () =>
      `MS-SSIM: expects two pictures of one size, at least ${WINDOW} px a side, got ${width}×${height} and ${b.width}×${b.height}`,
  );
  let sum = 0;
  for (let channel = 0; channel < 3; channel++) sum += planeMsSsim(planeOf(a, channel), planeOf(b, channel));
  return sum / 3;
}

function planeOf({ data, width, height }: PlanarPicture, channel: number): Plane {
  const size = width * height;
  return { data: Float64Array.from(data.subarray(channel * size, (channel + 1) * size)), width, height };
}

function planeMsSsim(a: Plane, b: Plane): number {
  const scales = scaleCount(Math.min(a.width, a.height));
  const weights = WEIGHTS.slice(0, scales);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [x, y] = [a, b];
  let product = 1;
  weights.forEach((weight, scale) => {
    const last = scale === scales - 1;
    const { ssim, contrast } = similarity(x, y);
    // Anticorrelated structure has no real root; the product counts it as no similarity at all.
    product *= Math.max(0, last ? ssim : contrast) ** (weight / total);
    if (!last) [x, y] = [halve(x), halve(y)];
  });
  return product;
}

/** Means over all windows of SSIM and of its contrast-structure part. */
function similarity(a: Plane, b: Plane): { ssim: number; contrast: number } {
  const product = (p: Plane, q: Plane): Plane => ({ ...p, data: p.data.map((value, i) => value * (q.data[i] ?? 0)) });
  const [meanA, meanB] = [blur(a).data, blur(b).data];
  const [squareA, squareB, cross] = [blur(product(a, a)).data, blur(product(b, b)).data, blur(product(a, b)).data];
  let [ssim, contrast] = [0, 0];
  for (let i = 0; i < meanA.length; i++) {
    const [ma, mb] = [meanA[i] ?? 0, meanB[i] ?? 0];
    const variances = (squareA[i] ?? 0) - ma * ma + ((squareB[i] ?? 0) - mb * mb);
    const cs = (2 * ((cross[i] ?? 0) - ma * mb) + C2) / (variances + C2);
    contrast += cs;
    ssim += (cs * (2 * ma * mb + C1)) / (ma * ma + mb * mb + C1);
  }
  return { ssim: ssim / meanA.length, contrast: contrast / meanA.length };
}

const KERNEL: readonly number[] = (() => {
  const taps = Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - (WINDOW - 1) / 2) ** 2) / (2 * SIGMA ** 2)));
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
})();

/** Weighted means over every whole window: `WINDOW − 1` pixels smaller either way. */
function blur(plane: Plane): Plane {
  return transposedBlur(transposedBlur(plane));
}

/** Blurs along rows and swaps the axes, so that two calls blur both ways. */
function transposedBlur({ data, width, height }: Plane): Plane {
  const inner = width - WINDOW + 1;
  const out = new Float64Array(inner * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < inner; x++) {
      let sum = 0;
      for (let tap = 0; tap < WINDOW; tap++) sum += (KERNEL[tap] ?? 0) * (data[y * width + x + tap] ?? 0);
      out[x * height + y] = sum;
    }
  }
  return { data: out, width: height, height: inner };
}

function halve({ data, width, height }: Plane): Plane {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Float64Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const at = 2 * y * width + 2 * x;
      const above = (data[at] ?? 0) + (data[at + 1] ?? 0);
      out[y * w + x] = (above + (data[at + width] ?? 0) + (data[at + width + 1] ?? 0)) / 4;
    }
  }
  return { data: out, width: w, height: h };
}
