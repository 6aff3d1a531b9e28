/**
 * Where a picture that was cut out of a photo lies in it: what paste-back needs, whatever the picture was cut
 * by. Faces have a square that is turned and scaled, domains without faces a centred part of the photo.
 */
import type { AlignmentPlan, Size } from './alignment.ts';
import { centreCrop, compose, type Matrix, scaleShift } from './square.ts';

/** A picture's place in its photo. */
export interface Placement {
  /** Size of the photo. */
  readonly photo: Size;
  /** Size of the picture that was cut out. */
  readonly picture: Size;
  /** Pixel indices of the picture → the photo. */
  readonly matrix: Matrix;
}

/** Where an aligned face lies: by the exact map, since pixels are drawn from a photo that may have been shrunk. */
export const facePlacement = ({ photo, size, matrixExact }: AlignmentPlan): Placement => ({
  photo,
  picture: { width: size, height: size },
  matrix: matrixExact,
});

/** The largest centred part of a photo that has the picture's ratio, as the place of a picture of that size. */
export function centrePlacement(photo: Size, picture: Size): Placement {
  const { x, y, width, height } = centreCrop(photo.width, photo.height, picture.width / picture.height);
  const [sx, sy] = [width / picture.width, height / picture.height];
  return {
    photo: { width: photo.width, height: photo.height },
    picture: { width: picture.width, height: picture.height },
    matrix: scaleShift(sx, sy, x + (sx - 1) / 2, y + (sy - 1) / 2),
  };
}

/** The map of the same place for a picture of another size: an enlarged or a shrunken result. */
export function placementMatrix({ picture, matrix }: Placement, { width, height }: Size): Matrix {
  const [sx, sy] = [picture.width / width, picture.height / height];
  return compose(matrix, scaleShift(sx, sy, (sx - 1) / 2, (sy - 1) / 2));
}
