/** The ops around convolutions as plain loops in double precision, from numbers to numbers. */
import { at } from '../../../src/kernels/reference/at.ts';
import { type Numbers, range, total } from './plain-convolutions.ts';

type Size3 = readonly [channels: number, height: number, width: number];

/** `y[r, c] = Σ_k x[r, k] · w[c, k] + bias[c]` */
export function rowsTimes(x: Numbers, w: Numbers, [rows, depth, columns]: Size3, bias: Numbers): number[] {
  return range(rows).flatMap((r) =>
    range(columns).map(
      (c) => total(range(depth).map((k) => at(x, r * depth + k) * at(w, c * depth + k))) + at(bias, c),
    ),
  );
}

/** `x · rsqrt(mean(x²) + 1e-8)` a row. */
export function pixelNormed(x: Numbers, rows: number, n: number): number[] {
  return range(rows).flatMap((r) => {
    const row = range(n).map((k) => at(x, r * n + k));
    const factor = 1 / Math.sqrt(total(row.map((v) => v * v)) / n + 1e-8);
    return row.map((v) => v * factor);
  });
}

const EPS = 1e-5;

/** BatchNorm of several pictures `[C, P]` with their own mean and biased variance. */
export function batchNormed(
  pictures: readonly Numbers[],
  channels: number,
  weight: Numbers,
  bias: Numbers,
): number[][] {
  const pixels = (pictures[0]?.length ?? 0) / channels;
  const results = pictures.map(() => [] as number[]);
  for (const c of range(channels)) {
    const values = pictures.map((x) => range(pixels).map((p) => at(x, c * pixels + p)));
    const all = values.flat();
    const mean = total(all) / all.length;
    const variance = total(all.map((v) => (v - mean) ** 2)) / all.length;
    const scale = at(weight, c) / Math.sqrt(variance + EPS);
    values.forEach((row, i) => {
      results[i]?.push(...row.map((v) => (v - mean) * scale + at(bias, c)));
    });
  }
  return results;
}

/** BatchNorm with constant statistics. */
export function batchNormedBy(x: Numbers, v: (name: string) => Numbers, channels: number): number[] {
  const pixels = x.length / channels;
  return Array.from(x, (value, index) => {
    const c = Math.floor(index / pixels);
    const scale = at(v('weight'), c) / Math.sqrt(at(v('variance'), c) + EPS);
    return (value - at(v('mean'), c)) * scale + at(v('bias'), c);
  });
}

/** Means of all pixels of a channel. */
export const means = (x: Numbers, channels: number): number[] => {
  const pixels = x.length / channels;
  return range(channels).map((c) => total(range(pixels).map((p) => at(x, c * pixels + p))) / pixels);
};

/** `x · sigmoid(fc2 · relu(fc1 · means)) + every second pixel of the shortcut` */
export function squeezed(v: (name: string) => Numbers, [channels, height, width]: Size3, hidden: number): number[] {
  const mean = means(v('x'), channels);
  const inner = range(hidden).map((h) =>
    Math.max(0, total(range(channels).map((c) => at(v('fc1'), h * channels + c) * at(mean, c)))),
  );
  return range(channels).flatMap((c) => {
    const gate = 1 / (1 + Math.exp(-total(range(hidden).map((h) => at(v('fc2'), c * hidden + h) * at(inner, h)))));
    return range(height * width).map((pixel) => {
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      const shortcut = at(v('shortcut'), (c * 5 + 2 * row) * 8 + 2 * column);
      return at(v('x'), c * height * width + pixel) * gate + shortcut;
    });
  });
}

/** Each result from a window of every channel. */
export function windows(
  x: Numbers,
  [channels, height, width]: Size3,
  [outHeight, outWidth]: readonly [number, number],
  bounds: (row: number, column: number) => readonly [top: number, bottom: number, left: number, right: number],
  combine: (values: readonly number[]) => number,
): number[] {
  return range(channels).flatMap((c) =>
    range(outHeight).flatMap((row) =>
      range(outWidth).map((column) => {
        const [top, bottom, left, right] = bounds(row, column);
        const values: number[] = [];
        for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
          for (let q = Math.max(0, left); q < Math.min(width, right); q++)
            values.push(at(x, (c * height + y) * width + q));
        }
        return combine(values);
      }),
    ),
  );
}

/** A LPIPS tap: features of unit length, squared differences weighted, mean over pixels. */
export function tapDistance(a: Numbers, b: Numbers, weights: Numbers): number {
  const channels = weights.length;
  const pixels = a.length / channels;
  const unit = (x: Numbers, p: number): number[] => {
    const values = range(channels).map((c) => at(x, c * pixels + p));
    const norm = Math.sqrt(total(values.map((v) => v * v))) + 1e-10;
    return values.map((v) => v / norm);
  };
  const each = range(pixels).map((p) => {
    const [left, right] = [unit(a, p), unit(b, p)];
    return total(range(channels).map((c) => at(weights, c) * (at(left, c) - at(right, c)) ** 2));
  });
  return total(each) / pixels;
}

/** How a map resembles itself one pixel further, wrapping. */
export function selfLikeness(map: Numbers, height: number, width: number): number {
  const mean = (dy: number, dx: number): number =>
    total(
      range(height * width).map((pixel) => {
        const [row, column] = [Math.floor(pixel / width), pixel % width];
        return at(map, pixel) * at(map, ((row + dy) % height) * width + ((column + dx) % width));
      }),
    ) /
    (height * width);
  return mean(0, 1) ** 2 + mean(1, 0) ** 2;
}
