/**
 * The square that is cut out of a photo, as three numbers that handles move, and as the four corners the library
 * reads (pure). Used by the engine to cut and by the page to draw the handles.
 */
import { type Quad, turnedSquare } from '../../src/index-faces.ts';

/** Corners of the square: top left, bottom left, bottom right, top right. */
export type CropQuad = Quad;

/** A turned square in a photo: centre and side in its pixels, clockwise turn in radians. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly angle: number;
}

/** Smallest side in photo pixels that handles can make. */
export const SMALLEST_SIDE = 16;

/** The corners of a crop. */
export const quadOf = ({ x, y, side, angle }: Crop): CropQuad => turnedSquare([x, y], side, angle);

/** The crop with these corners. */
export function cropOf([topLeft, , bottomRight, topRight]: CropQuad): Crop {
  const [dx, dy] = [topRight[0] - topLeft[0], topRight[1] - topLeft[1]];
  return {
    x: (topLeft[0] + bottomRight[0]) / 2,
    y: (topLeft[1] + bottomRight[1]) / 2,
    side: Math.hypot(dx, dy),
    angle: Math.atan2(dy, dx),
  };
}

/** The largest square in the middle of a photo. */
export function middleCrop({ width, height }: { readonly width: number; readonly height: number }): Crop {
  return { x: width / 2, y: height / 2, side: Math.min(width, height), angle: 0 };
}

/** A crop within reason: its centre on the photo, its side from {@link SMALLEST_SIDE} to twice the photo's longer side. */
export function boundedCrop(
  { x, y, side, angle }: Crop,
  { width, height }: { readonly width: number; readonly height: number },
): Crop {
  return {
    x: Math.min(width, Math.max(0, x)),
    y: Math.min(height, Math.max(0, y)),
    side: Math.min(2 * Math.max(width, height), Math.max(SMALLEST_SIDE, side)),
    angle: Math.atan2(Math.sin(angle), Math.cos(angle)),
  };
}
