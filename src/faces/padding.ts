/**
 * FFHQ's padding: a photo that ends too close to the face goes on as its mirror image, which fades into a blur
 * and then into the median colour. Pure arithmetic on planes of floats.
 */
import type { Margins } from './alignment.ts';
import type { Pixels } from './pixels.ts';
import { rint } from './pixels.ts';

/** Deviations at which SciPy's Gaussian is cut off. */
const CUT = 4;
/** A Gaussian of this deviation is drawn pixel by pixel; a wider one on means of blocks, where its deviation is about this. */
const EXACT_SIGMA = 6;

/** One channel in rows. */
interface Plane {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Position `i` of a row of `n` that goes on as its mirror image without repeating the edge (NumPy's `reflect`). */
function mirrored(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const at = ((i % period) + period) % period;
  return at < n ? at : period - at;
}

/** The same, repeating the edge (SciPy's `reflect`). */
function halfMirrored(i: number, n: number): number {
  const period = 2 * n;
  const at = ((i % period) + period) % period;
  return at < n ? at : period - 1 - at;
}

/** Weights of a Gaussian, from −radius to radius, summing to 1. */
function gaussian(sigma: number): Float64Array {
  const radius = Math.floor(CUT * sigma + 0.5);
  const raw = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((weight) => weight / sum);
}

/** Blurs along rows of `length` values `step` apart, of which there are `count`, `skip` apart. */
function blurLines(
  from: Float32Array,
  weights: Float64Array,
  line: { readonly length: number; readonly step: number; readonly count: number; readonly skip: number },
): Float32Array {
  const { length, step, count, skip } = line;
  const radius = (weights.length - 1) / 2;
  const out = new Float32Array(from.length);
  const row = new Float64Array(length + 2 * radius);
  const positions = Int32Array.from({ length: row.length }, (_, i) => halfMirrored(i - radius, length) * step);
  for (let n = 0; n < count; n++) {
    const start = n * skip;
    for (let i = 0; i < row.length; i++) row[i] = from[start + (positions[i] ?? 0)] ?? 0;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (row[i + k] ?? 0);
      out[start + i * step] = sum;
    }
  }
  return out;
}

function blurExactly({ data, width, height }: Plane, sigma: number): Plane {
  const weights = gaussian(sigma);
  const down = blurLines(data, weights, { length: height, step: width, count: width, skip: 1 });
  return { data: blurLines(down, weights, { length: width, step: 1, count: height, skip: width }), width, height };
}

/** Means of `factor`² blocks; the plane's edge is repeated to fill the last ones. */
function blockMeans({ data, width, height }: Plane, factor: number): Plane {
  const [w, h] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const out = new Float32Array(w * h);
  for (let y = 0; y < h * factor; y++) {
    const row = Math.min(y, height - 1) * width;
    const to = Math.floor(y / factor) * w;
    for (let x = 0; x < w * factor; x++) {
      const at = to + Math.floor(x / factor);
      out[at] = (out[at] ?? 0) + (data[row + Math.min(x, width - 1)] ?? 0);
    }
  }
  return { data: out.map((sum) => sum / factor ** 2), width: w, height: h };
}

/** A plane of block means as a plane of pixels again, linear in between. */
function spread({ data, width, height }: Plane, factor: number, to: Plane): Plane {
  const out = new Float32Array(to.data.length);
  const near = (i: number, n: number): [number, number, number] => {
    const at = (i + 0.5) / factor - 0.5;
    const low = Math.floor(at);
    return [Math.max(0, low), Math.min(n - 1, low + 1), at - low];
  };
  const columns = Array.from({ length: to.width }, (_, x) => near(x, width));
  for (let y = 0; y < to.height; y++) {
    const [y0, y1, fy] = near(y, height);
    columns.forEach(([x0, x1, fx], x) => {
      const at = (yy: number, xx: number): number => data[yy * width + xx] ?? 0;
      const upper = at(y0, x0) * (1 - fx) + at(y0, x1) * fx;
      const lower = at(y1, x0) * (1 - fx) + at(y1, x1) * fx;
      out[y * to.width + x] = upper * (1 - fy) + lower * fy;
    });
  }
  return { data: out, width: to.width, height: to.height };
}

/** SciPy's `gaussian_filter`. A wide one is computed on block means, less the blur that these bring with them. */
function blur(plane: Plane, sigma: number): Plane {
  const factor = Math.floor(sigma / EXACT_SIGMA);
  if (factor <= 1) return blurExactly(plane, sigma);
  const own = (factor ** 2 - 1) / 12 + factor ** 2 / 6; // variances of block means and of linear interpolation
  return spread(blurExactly(blockMeans(plane, factor), Math.sqrt(sigma ** 2 - own) / factor), factor, plane);
}

/** Steps of a byte that the median is told in. */
const MEDIAN_STEPS = 64;

/** The median of values from 0 to 255, to half a step: counting is many times faster than sorting millions. */
function median(values: Float32Array): number {
  const counts = new Uint32Array(255 * MEDIAN_STEPS + 1);
  for (const value of values) {
    const bin = Math.round(Math.min(255, Math.max(0, value)) * MEDIAN_STEPS);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  let below = 0;
  const at = counts.findIndex((count) => {
    below += count;
    return 2 * below >= values.length;
  });
  return at / MEDIAN_STEPS;
}

/** How far a pixel lies outside the photo, in paddings: 1 at the rim, 0 where the photo begins, below 0 inside. */
function depths(width: number, height: number, { left, top, right, bottom }: Margins): Float32Array {
  const axis = (n: number, before: number, after: number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => 1 - Math.min(i / before, (n - 1 - i) / after));
  const [xs, ys] = [axis(width, left, right), axis(height, top, bottom)];
  return Float32Array.from({ length: width * height }, (_, i) =>
    Math.max(xs[i % width] ?? 0, ys[Math.floor(i / width)] ?? 0),
  );
}

const clip01 = (value: number): number => Math.min(1, Math.max(0, value));

/**
 * The padded picture.
 * @param side of the square in pixels: the blur's deviation is 0.02 of it
 */
export function padPicture({ data, width, height }: Pixels, pad: Margins, side: number): Pixels {
  const [w, h] = [width + pad.left + pad.right, height + pad.top + pad.bottom];
  const columns = Int32Array.from({ length: w }, (_, x) => mirrored(x - pad.left, width));
  const depth = depths(w, h, pad);
  const out = new Uint8ClampedArray(4 * w * h).fill(255);
  for (let c = 0; c < 3; c++) {
    const plane = new Float32Array(w * h);
    for (let y = 0; y < h; y++) {
      const row = mirrored(y - pad.top, height) * width;
      for (let x = 0; x < w; x++) plane[y * w + x] = data[4 * (row + (columns[x] ?? 0)) + c] ?? 0;
    }
    const soft = blur({ data: plane, width: w, height: h }, side * 0.02).data;
    const faded = plane.map((value, i) => value + ((soft[i] ?? 0) - value) * clip01(3 * (depth[i] ?? 0) + 1));
    const colour = median(faded);
    faded.forEach((value, i) => {
      out[4 * i + c] = rint(value + (colour - value) * clip01(depth[i] ?? 0));
    });
  }
  return { data: out, width: w, height: h };
}
