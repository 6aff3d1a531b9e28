/**
 * Multi-scale structural similarity of two RGB pictures as plain loops in double precision, in both forms: what `npm
 * run evaluate` measures with, and what the kernels are tested against (`src/models/ms-ssim.ts`, which says what the
 * forms are).
 */
import { ensure, ensureOneOf, ensureRgba, inWords } from '../errors.ts';
import { SSIM_WEIGHTS, SSIM_WINDOW } from '../kernels/ssim-window.ts';
import { MS_SSIM_FORMS, type MsSsimForm, msSsimExponents } from '../models/ms-ssim-forms.ts';

/** A picture `[3, height, width]`: values in [0, 1] for the standard form, in [-1, 1] for the authors'. */
export interface PlanarPicture {
  readonly data: Float32Array | Float64Array;
  readonly width: number;
  readonly height: number;
}

/** A picture of RGBA bytes as planes; its transparency is not looked at. @throws `image` error for what is none */
export function planarFromRgba(picture: {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}): PlanarPicture & { readonly data: Float32Array<ArrayBuffer> } {
  ensureRgba('the picture', picture);
  const { data, width, height } = picture;
  const size = width * height;
  const planes = new Float32Array(3 * size);
  for (let i = 0; i < size; i++) {
    for (let channel = 0; channel < 3; channel++) planes[channel * size + i] = (data[4 * i + channel] ?? 0) / 255;
  }
  return { data: planes, width, height };
}

interface Plane {
  readonly data: Float64Array;
  readonly width: number;
  readonly height: number;
}

/** Means over all windows of a plane. */
interface Similarity {
  readonly ssim: number;
  readonly contrast: number;
}

function ensurePlanar(picture: unknown): void {
  const { data, width, height } = Object(picture) as Partial<Record<keyof PlanarPicture, unknown>>;
  const values = data instanceof Float32Array || data instanceof Float64Array ? data.length : Number.NaN;
  ensure(
    values === 3 * Number(width) * Number(height),
    'image',
    () => `a picture is ${inWords(picture)} with ${inWords(data)} as data: pass what planarFromRgba gives`,
  );
}

/**
 * MS-SSIM of two pictures of the same size.
 * @throws `image` error when sizes differ, a side is below 11 pixels or one is no picture, `option` for an unknown form
 */
export function msSsim(a: PlanarPicture, b: PlanarPicture, form: MsSsimForm = 'standard'): number {
  for (const picture of [a, b]) ensurePlanar(picture);
  ensureOneOf('form', form, MS_SSIM_FORMS);
  const { width, height } = a;
  ensure(
    width === b.width && height === b.height && Math.min(width, height) >= SSIM_WINDOW,
    'image',
    () =>
      `MS-SSIM: expects two pictures of one size, at least ${SSIM_WINDOW} px a side, got ${width}×${height} and ${b.width}×${b.height}`,
  );
  const exponents = msSsimExponents(Math.min(width, height));
  let [x, y] = [planesOf(a), planesOf(b)];
  const scales = exponents.map((_, scale) => {
    if (scale > 0) [x, y] = [x.map(halve), y.map(halve)];
    const range = form === 'standard' ? 1 : guessedRange(x);
    return x.map((plane, channel) => similarity(plane, y[channel] ?? plane, range));
  });
  const groups = form === 'standard' ? [[0], [1], [2]] : [[0, 1, 2]];
  const products = groups.map((channels) =>
    exponents.reduce((product, exponent, scale) => {
      const last = scale === exponents.length - 1;
      const values = channels.map((channel) => scales[scale]?.[channel]?.[last ? 'ssim' : 'contrast'] ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      // anticorrelated structure has no real root; the standard form counts it as no similarity at all
      return product * (form === 'standard' ? Math.max(0, mean) : mean) ** exponent;
    }, 1),
  );
  return products.reduce((sum, product) => sum + product, 0) / products.length;
}

function planesOf({ data, width, height }: PlanarPicture): Plane[] {
  const size = width * height;
  return [0, 1, 2].map((channel) => {
    return { data: Float64Array.from(data.subarray(channel * size, (channel + 1) * size)), width, height };
  });
}

/** HyperStyle's guess of a picture's dynamic range. */
function guessedRange(planes: readonly Plane[]): number {
  return planes.some(({ data }) => data.some((value) => value < -0.5)) ? 2 : 1;
}

/** Means over all windows of SSIM and of its contrast-structure part. */
function similarity(a: Plane, b: Plane, range: number): Similarity {
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
  const product = (p: Plane, q: Plane): Plane => ({ ...p, data: p.data.map((value, i) => value * (q.data[i] ?? 0)) });
  const [meanA, meanB] = [blur(a).data, blur(b).data];
  const [squareA, squareB, cross] = [blur(product(a, a)).data, blur(product(b, b)).data, blur(product(a, b)).data];
  let [ssim, contrast] = [0, 0];
  for (let i = 0; i < meanA.length; i++) {
    const [ma, mb] = [meanA[i] ?? 0, meanB[i] ?? 0];
    const variances = (squareA[i] ?? 0) - ma * ma + ((squareB[i] ?? 0) - mb * mb);
    const cs = (2 * ((cross[i] ?? 0) - ma * mb) + c2) / (variances + c2);
    contrast += cs;
    ssim += (cs * (2 * ma * mb + c1)) / (ma * ma + mb * mb + c1);
  }
  return { ssim: ssim / meanA.length, contrast: contrast / meanA.length };
}

/** Weighted means over every whole window: `SSIM_WINDOW − 1` pixels smaller either way. */
function blur(plane: Plane): Plane {
  return transposedBlur(transposedBlur(plane));
}

/** Blurs along rows and swaps the axes, so that two calls blur both ways. */
function transposedBlur({ data, width, height }: Plane): Plane {
  const inner = width - SSIM_WINDOW + 1;
  const out = new Float64Array(inner * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < inner; x++) {
      let sum = 0;
      for (let tap = 0; tap < SSIM_WINDOW; tap++) sum += (SSIM_WEIGHTS[tap] ?? 0) * (data[y * width + x + tap] ?? 0);
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
