/**
 * The part of a photo that a square covers, cut out and shrunk on the host as far as the square's picture
 * allows: what the GPU gets. So a photo may be larger than any texture or buffer, and a second photo needs no
 * new memory.
 */
import { type Box, clampBox, cut, type Pixels, shrinkBlocks } from './pixels.ts';
import { compose, type Matrix, matrixScale, type Quad, quadMatrix, scaleShift } from './square.ts';

/** Pixels that a region may have: 4 MiB on the GPU. */
export const REGION_PIXELS = 2 ** 20;

/** A region's pixels, and the map from the square's picture into them. */
export interface Region {
  readonly pixels: Pixels;
  readonly map: Matrix;
}

/** A rectangle of a square's picture: first column and row, width, height. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Photo pixels that a part of a picture reads, one more on each side for the bilinear neighbours. */
export function reach(map: Matrix, { x, y, width, height }: Part): Box {
  const [a, b, c, d, tx, ty] = map;
  const corners = [x - 0.5, x + width - 0.5].flatMap((u) => [y - 0.5, y + height - 0.5].map((v) => [u, v] as const));
  const xs = corners.map(([u, v]) => a * u + c * v + tx);
  const ys = corners.map(([u, v]) => b * u + d * v + ty);
  return {
    left: Math.floor(Math.min(...xs)) - 1,
    top: Math.floor(Math.min(...ys)) - 1,
    right: Math.ceil(Math.max(...xs)) + 2,
    bottom: Math.ceil(Math.max(...ys)) + 2,
  };
}

const isWhole = ({ left, top, right, bottom }: Box, { width, height }: Pixels): boolean =>
  left === 0 && top === 0 && right === width && bottom === height;

/** The region of `part` of a picture, as it is. @param map pixel indices of the picture → the photo */
export function regionOf(photo: Pixels, map: Matrix, part: Part): Region {
  const box = clampBox(reach(map, part), photo.width, photo.height);
  const pixels = isWhole(box, photo) ? photo : cut(photo, box);
  return { pixels, map: compose(scaleShift(1, 1, -box.left, -box.top), map) };
}

/**
 * The region of a square whose picture has `size`² pixels, shrunk by whole factors down to about two pixels for
 * each of those: less than the networks see.
 */
export function shrunkenRegion(photo: Pixels, square: Quad, size: number): Region {
  const map = quadMatrix(square, size);
  const { pixels, map: whole } = regionOf(photo, map, { x: 0, y: 0, width: size, height: size });
  const wanted = Math.floor(matrixScale(map) / 2);
  const fits = Math.ceil(Math.sqrt((pixels.width * pixels.height) / REGION_PIXELS));
  const factor = Math.max(1, wanted, fits);
  if (factor === 1) return { pixels, map: whole };
  const shrink = scaleShift(1 / factor, 1 / factor, 0.5 / factor - 0.5, 0.5 / factor - 0.5);
  return { pixels: shrinkBlocks(pixels, factor), map: compose(shrink, whole) };
}
