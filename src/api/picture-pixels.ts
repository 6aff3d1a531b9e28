/** Pixels that belong to us: a copy, scaled down where a side is longer than a texture may be (pure). */

/** RGBA bytes of a picture, 4·width·height. */
export interface Pixels {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a side of `size` after whole boxes of it have become one each, as few in a box as give at most `max`. */
export const fittedSide = (size: number, max: number): number => Math.ceil(size / Math.ceil(size / max));

/**
 * A copy of RGBA bytes with no side longer than `maxSide`. Where it is smaller, a pixel is the mean of a box
 * over white: of more than `maxSide` pixels a model reads few, so that a box cut off at the border shifts
 * nothing.
 */
export function ownPixels(
  data: ArrayLike<number>,
  [width, height]: readonly [number, number],
  maxSide: number,
): Pixels {
  const [across, down] = [Math.ceil(width / maxSide), Math.ceil(height / maxSide)];
  if (across === 1 && down === 1) return { data: new Uint8Array(data), width, height };
  const [toWidth, toHeight] = [fittedSide(width, maxSide), fittedSide(height, maxSide)];
  const out = new Uint8Array(4 * toWidth * toHeight);
  const sums = new Float64Array(3 * toWidth);
  for (let row = 0; row < toHeight; row++) {
    sums.fill(0);
    const [first, end] = [row * down, Math.min(height, (row + 1) * down)];
    for (let y = first; y < end; y++) addRow(sums, data, { y, width, across });
    for (let column = 0; column < toWidth; column++) {
      const count = (end - first) * (Math.min(width, (column + 1) * across) - column * across);
      const to = 4 * (row * toWidth + column);
      for (let c = 0; c < 3; c++) out[to + c] = Math.round((sums[3 * column + c] ?? 0) / count);
      out[to + 3] = 255;
    }
  }
  return { data: out, width: toWidth, height: toHeight };
}

/** Adds a row of pixels over white to the sums of its boxes. */
function addRow(
  sums: Float64Array,
  data: ArrayLike<number>,
  { y, width, across }: { readonly y: number; readonly width: number; readonly across: number },
): void {
  for (let x = 0; x < width; x++) {
    const from = 4 * (y * width + x);
    const to = 3 * Math.floor(x / across);
    const alpha = (data[from + 3] ?? 0) / 255;
    for (let c = 0; c < 3; c++) sums[to + c] = (sums[to + c] ?? 0) + (data[from + c] ?? 0) * alpha + 255 * (1 - alpha);
  }
}
