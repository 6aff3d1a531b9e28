/**
 * Pillow's antialiased Lanczos resize (`Image.LANCZOS`, formerly `ANTIALIAS`) of 8-bit pictures: the filter
 * that FFHQ's script shrinks photos by. Two passes, across then down, each rounded to bytes. Only a box of the
 * result is computed, because an alignment needs no more of a large photo.
 */
import type { Box, Pixels } from './pixels.ts';

/** Lobes of the filter on each side. */
const LOBES = 3;

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const lanczos = (x: number): number => (Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0);

/** What one output position reads: its first input position, and the weights from there on, which sum to 1. */
interface Window {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Windows of the outputs `[from, to)` of a row of `input` values resized to `output`. */
function windows(input: number, output: number, from: number, to: number): Window[] {
  const scale = input / output;
  const stretch = Math.max(1, scale);
  const support = LOBES * stretch;
  return Array.from({ length: to - from }, (_, i) => {
    const centre = (from + i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(input, Math.trunc(centre + support + 0.5));
    const raw = Float64Array.from({ length: end - first }, (_, k) => lanczos((first + k + 0.5 - centre) / stretch));
    const sum = raw.reduce((a, b) => a + b, 0);
    return { first, weights: raw.map((weight) => weight / sum) };
  });
}

/**
 * Pixels `box` of `source` resized to `width` × `height`. Alpha comes out 255.
 */
export function resizeLanczos(source: Pixels, width: number, height: number, box: Box): Pixels {
  const across = windows(source.width, width, box.left, box.right);
  const down = windows(source.height, height, box.top, box.bottom);
  const firstRow = down[0]?.first ?? 0;
  const lastRow = Math.max(...down.map(({ first, weights }) => first + weights.length));
  const columns = across.length;
  const middle = new Uint8ClampedArray(4 * columns * (lastRow - firstRow));
  for (let y = firstRow; y < lastRow; y++) {
    const start = 4 * y * source.width;
    across.forEach(({ first, weights }, x) => {
      const to = 4 * ((y - firstRow) * columns + x);
      weigh(source.data, start + 4 * first, 4, weights, middle, to);
    });
  }
  const out = new Uint8ClampedArray(4 * columns * down.length);
  down.forEach(({ first, weights }, y) => {
    for (let x = 0; x < columns; x++) {
      weigh(middle, 4 * ((first - firstRow) * columns + x), 4 * columns, weights, out, 4 * (y * columns + x));
    }
  });
  return { data: out, width: columns, height: down.length };
}

/** One pixel: the weighted sum of pixels `stride` bytes apart. A clamped array rounds to the nearest byte. */
function weigh(
  from: Uint8Array | Uint8ClampedArray,
  start: number,
  stride: number,
  weights: Float64Array,
  to: Uint8ClampedArray,
  at: number,
): void {
  let [red, green, blue] = [0, 0, 0];
  for (let k = 0; k < weights.length; k++) {
    const weight = weights[k] ?? 0;
    const index = start + k * stride;
    red += weight * (from[index] ?? 0);
    green += weight * (from[index + 1] ?? 0);
    blue += weight * (from[index + 2] ?? 0);
  }
  to[at] = red;
  to[at + 1] = green;
  to[at + 2] = blue;
  to[at + 3] = 255;
}
