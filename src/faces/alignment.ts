/**
 * FFHQ's alignment as a plan of numbers: by how much to shrink the photo, what to cut out, how much to pad, and
 * the map from the aligned picture to the photo. Pure; `prepare.ts` does it to pixels, the warp draws the
 * result. Source: `recreate_aligned_images` of the FFHQ dataset's script; HyperStyle's
 * `align_faces_parallel.py` is the same at another size.
 */
import { ensure } from '../errors.ts';
import { type Box, clampBox, rint } from './pixels.ts';
import { compose, type Matrix, type Quad, quadMatrix, quadSide, scaleShift } from './square.ts';

/** Pixels added on each side. */
export interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Sizes in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How one square of a photo becomes an aligned picture. */
export interface AlignmentPlan {
  /** Side of the aligned picture. */
  readonly size: number;
  /** Size of the photo. */
  readonly photo: Size;
  /** The square in the photo. */
  readonly quad: Quad;
  /** Factor the photo is shrunk by before anything else; 1 leaves it alone. */
  readonly shrink: number;
  /** Size of the shrunken photo. */
  readonly shrunken: Size;
  /** Side of the square in the shrunken photo. */
  readonly side: number;
  /** Pixels around the square's bounding box that are kept. */
  readonly border: number;
  /** What is cut out of the shrunken photo. */
  readonly crop: Box;
  /** Mirrored pixels around that; all 0 when the photo reaches far enough. */
  readonly pad: Margins;
  /** The square in what is cut out and padded. */
  readonly inside: Quad;
  /** Pixel indices of the aligned picture → the photo, as the official script means it. */
  readonly matrix: Matrix;
  /** Pixel indices of the aligned picture → those of what is cut out and padded. */
  readonly toInside: Matrix;
  /**
   * Pixel indices of the aligned picture → where in the photo its pixels really come from: differs where the
   * photo was shrunk.
   */
  readonly matrixExact: Matrix;
}

/** Largest aligned picture: NVIDIA's supersampled form draws four times that. */
const MAX_SIZE = 4096;

const moved = (quad: Quad, x: number, y: number): Quad => quad.map(([px, py]) => [px + x, py + y]) as unknown as Quad;

/** Bounding box in whole pixels. */
function bounds(quad: Quad): Box {
  const [xs, ys] = [quad.map(([x]) => x), quad.map(([, y]) => y)];
  return {
    left: Math.floor(Math.min(...xs)),
    top: Math.floor(Math.min(...ys)),
    right: Math.ceil(Math.max(...xs)),
    bottom: Math.ceil(Math.max(...ys)),
  };
}

const grow = ({ left, top, right, bottom }: Box, by: number): Box => ({
  left: left - by,
  top: top - by,
  right: right + by,
  bottom: bottom + by,
});

/** Padding of a crop of `width` × `height` around a square in it: none, or at least 0.3 of its side everywhere. */
function padding(inside: Quad, { width, height }: Size, side: number, border: number): Margins {
  const { left, top, right, bottom } = grow(bounds(inside), border);
  const missing = [-left, -top, right - width, bottom - height].map((n) => Math.max(0, n));
  if (Math.max(...missing) <= border - 4) return { left: 0, top: 0, right: 0, bottom: 0 };
  const least = rint(side * 0.3);
  const [l = 0, t = 0, r = 0, b = 0] = missing.map((n) => Math.max(n, least));
  return { left: l, top: t, right: r, bottom: b };
}

/**
 * The plan for one square.
 * @param size side of the aligned picture, 1 to 4096
 * @throws `option` error for another size, `image` error when the square lies outside the photo
 */
export function planAlignment(quad: Quad, photo: Size, size: number): AlignmentPlan {
  ensure(
    Number.isInteger(size) && size >= 1 && size <= MAX_SIZE,
    'option',
    () => `an aligned picture of ${size} px: expected a whole number from 1 to ${MAX_SIZE}`,
  );
  const whole = bounds(quad);
  ensure(
    whole.right > 0 && whole.bottom > 0 && whole.left < photo.width && whole.top < photo.height,
    'image',
    () =>
      `the square ${JSON.stringify(quad)} lies outside the photo of ${photo.width}×${photo.height} px: give one inside`,
  );
  const shrink = Math.max(1, Math.floor((quadSide(quad) / size) * 0.5));
  const shrunken = { width: rint(photo.width / shrink), height: rint(photo.height / shrink) };
  const side = quadSide(quad) / shrink;
  const small = quad.map(([x, y]) => [x / shrink, y / shrink]) as unknown as Quad;
  const border = Math.max(rint(side * 0.1), 3);
  const crop = clampBox(grow(bounds(small), border), shrunken.width, shrunken.height);
  const cropped = moved(small, -crop.left, -crop.top);
  const pad = padding(cropped, { width: crop.right - crop.left, height: crop.bottom - crop.top }, side, border);
  const inside = moved(cropped, pad.left, pad.top);
  const toInside = quadMatrix(inside, size);
  const [sx, sy] = [photo.width / shrunken.width, photo.height / shrunken.height];
  const [x, y] = [crop.left - pad.left + 0.5, crop.top - pad.top + 0.5];
  const toPhoto = scaleShift(sx, sy, sx * x - 0.5, sy * y - 0.5);
  const matrixExact = compose(toPhoto, toInside);
  return {
    size,
    photo: { width: photo.width, height: photo.height },
    quad,
    shrink,
    shrunken,
    side,
    border,
    crop,
    pad,
    inside,
    matrix: quadMatrix(quad, size),
    toInside,
    matrixExact,
  };
}

/** Whether a plan pads. */
export const isPadded = ({ pad }: AlignmentPlan): boolean => Object.values(pad).some((n) => n > 0);

/** Share of the side by which the corners of an aligned picture's face may lie off: other landmarks agree to a third of it. */
export const MISALIGNED = 0.12;

/**
 * How far a picture is from being aligned: the largest distance of its face's corners from the picture's own,
 * in shares of the picture's longer side. An FFHQ picture has about 0.03.
 */
export function misalignment(quad: Quad, { width, height }: Size): number {
  const own = [
    [-0.5, -0.5],
    [-0.5, height - 0.5],
    [width - 0.5, height - 0.5],
    [width - 0.5, -0.5],
  ] as const;
  const off = own.map(([x, y], i) => Math.hypot((quad[i]?.[0] ?? 0) - x, (quad[i]?.[1] ?? 0) - y));
  return Math.max(...off) / Math.max(width, height);
}
