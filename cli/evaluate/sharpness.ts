/**
 * How sharp a generated picture is, so that blur cannot hide behind a small error: the energy of its gradients beside that of the
 * picture it shows. 1 is as much detail; blur is below. Whether the detail is right is what L2 and MS-SSIM say.
 */
import type { PlanarPicture } from '../../src/metrics/ms-ssim.ts';

/** Side of the pictures that are compared: finer than what the smallest models make, which are enlarged to it. */
export const SHARPNESS_SIDE = 128;

/** Sum over all channels of the squared differences between neighbours, along rows and columns. */
export function gradientEnergy({ data, width, height }: PlanarPicture): number {
  let energy = 0;
  for (let i = 0; i < data.length; i++) {
    const here = data[i] ?? 0;
    if ((i + 1) % width !== 0) energy += ((data[i + 1] ?? 0) - here) ** 2;
    if (Math.floor(i / width) % height !== height - 1) energy += ((data[i + width] ?? 0) - here) ** 2;
  }
  return energy;
}

/** A square picture enlarged to `side` pixels, bilinear between the centres of its pixels, as a page shows it. */
export function enlarged({ data, width }: PlanarPicture, side: number): PlanarPicture {
  const larger = new Float32Array(3 * side * side);
  const places = Array.from({ length: side }, (_, i) => {
    const at = Math.min(width - 1, Math.max(0, ((i + 0.5) * width) / side - 0.5));
    const first = Math.min(width - 2, Math.floor(at));
    return { first, share: at - first };
  });
  for (let channel = 0; channel < 3; channel++) {
    for (const [y, row] of places.entries()) {
      for (const [x, column] of places.entries()) {
        const value = (dy: number, dx: number): number =>
          data[(channel * width + row.first + dy) * width + column.first + dx] ?? 0;
        const above = value(0, 0) * (1 - column.share) + value(0, 1) * column.share;
        const below = value(1, 0) * (1 - column.share) + value(1, 1) * column.share;
        larger[(channel * side + y) * side + x] = above * (1 - row.share) + below * row.share;
      }
    }
  }
  return { data: larger, width: side, height: side };
}
