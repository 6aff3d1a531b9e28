/** Plain loops for `resizeImage` and `packRgba`, written for reading. */
import { at } from './at.ts';

/** One axis of Pillow's BILINEAR resize: `out` windows of normalised weights over `size` input positions. */
export function triangleWindows(size: number, out: number): { begin: number; weights: number[] }[] {
  const scale = size / out;
  const support = Math.max(scale, 1);
  return Array.from({ length: out }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const begin = Math.trunc(Math.max(centre - support + 0.5, 0));
    const end = Math.min(Math.trunc(centre + support + 0.5), size);
    const raw = Array.from({ length: end - begin }, (_, p) =>
      Math.max(0, 1 - Math.abs(begin + p + 0.5 - centre) / support),
    );
    const sum = raw.reduce((a, b) => a + b, 0);
    return { begin, weights: raw.map((w) => w / sum) };
  });
}

const round8 = (v: number): number => Math.floor(Math.min(255, Math.max(0, v)) + 0.5);

/** Channel `c` of a pixel over white. */
function overWhite(rgba: ArrayLike<number>, pixel: number, c: number): number {
  const alpha = at(rgba, 4 * pixel + 3) / 255;
  return round8(at(rgba, 4 * pixel + c) * alpha + 255 * (1 - alpha));
}

/**
 * RGBA bytes `[height, width, 4]` → `[3, rows, size]` in [-1, 1]: over white, rounded to 8 bits, across, rounded, then down,
 * rounded again.
 */
export function resizeImageReference(
  rgba: ArrayLike<number>,
  [width, height]: readonly [number, number],
  size: number,
  [from, to]: readonly [number, number] = [0, size],
): Float64Array {
  const [across, down] = [triangleWindows(width, size), triangleWindows(height, size)];
  const y: number[] = [];
  for (let c = 0; c < 3; c++) {
    const rows = Array.from({ length: height }, (_, py) =>
      across.map(({ begin, weights }) =>
        round8(weights.reduce((sum, w, p) => sum + w * overWhite(rgba, py * width + begin + p, c), 0)),
      ),
    );
    for (const { begin, weights } of down.slice(from, to)) {
      for (let j = 0; j < size; j++) {
        const value = round8(weights.reduce((sum, w, p) => sum + w * at(rows[begin + p] ?? [], j), 0));
        y.push((value / 255) * 2 - 1);
      }
    }
  }
  return Float64Array.from(y);
}

/** Picture `[3, height, width]` in [-1, 1] → RGBA bytes of rows `[from, to)`. */
export function packRgbaReference(
  x: ArrayLike<number>,
  [height, width]: readonly [number, number],
  [from, to]: readonly [number, number] = [0, height],
): Uint8ClampedArray {
  const bytes = new Uint8ClampedArray((to - from) * width * 4);
  for (let i = 0; i < (to - from) * width; i++) {
    for (let c = 0; c < 3; c++) {
      const value = at(x, c * height * width + from * width + i);
      bytes[4 * i + c] = Math.floor(Math.min(255, Math.max(0, value * 127.5 + 128)));
    }
    bytes[4 * i + 3] = 255;
  }
  return bytes;
}
