/** The affine warp as a plain loop in double precision: what `warp_image.wgsl` is compared with. */

import type { AffineMap } from '../warp.ts';

/** What {@link warpReference} reads and writes. */
export interface WarpArgs {
  /** RGBA bytes. */
  readonly source: { readonly data: ArrayLike<number>; readonly width: number; readonly height: number };
  readonly map: AffineMap;
  readonly width: number;
  readonly height: number;
  /** Bilinear values averaged along each axis of a result pixel. */
  readonly samples: number;
  /** Whether the edge goes on outside; else it is black there. */
  readonly extend: boolean;
  /** First column and row of the result. */
  readonly origin?: readonly [number, number] | undefined;
}

/** Values from 0 to 255, `[height, width, 3]`. */
export function warpReference({
  source,
  map,
  width,
  height,
  samples,
  extend,
  origin = [0, 0],
}: WarpArgs): Float64Array {
  const [a, b, c, d, x0, y0] = map;
  const out = new Float64Array(3 * width * height);
  const pixel = (x: number, y: number, channel: number): number => {
    const inside = x >= 0 && y >= 0 && x < source.width && y < source.height;
    if (!inside && !extend) return 0;
    const column = Math.min(source.width - 1, Math.max(0, x));
    const row = Math.min(source.height - 1, Math.max(0, y));
    return source.data[4 * (row * source.width + column) + channel] ?? Number.NaN;
  };
  for (let index = 0; index < out.length; index++) {
    const [channel, at] = [index % 3, Math.floor(index / 3)];
    let sum = 0;
    for (let j = 0; j < samples; j++) {
      for (let i = 0; i < samples; i++) {
        const u = origin[0] + (at % width) + (i + 0.5) / samples - 0.5;
        const v = origin[1] + Math.floor(at / width) + (j + 0.5) / samples - 0.5;
        const [x, y] = [a * u + c * v + x0, b * u + d * v + y0];
        const [left, top] = [Math.floor(x), Math.floor(y)];
        const [fx, fy] = [x - left, y - top];
        const upper = pixel(left, top, channel) * (1 - fx) + pixel(left + 1, top, channel) * fx;
        const lower = pixel(left, top + 1, channel) * (1 - fx) + pixel(left + 1, top + 1, channel) * fx;
        sum += upper * (1 - fy) + lower * fy;
      }
    }
    out[index] = sum / samples ** 2;
  }
  return out;
}
