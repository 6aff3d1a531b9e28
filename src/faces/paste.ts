/**
 * An edited face back into the photo it came from: the inverse of the alignment's map, a feathered edge,
 * optionally a mask along the face's outline and a colour match. Pixels with mask 0 are the photo's own, bit
 * for bit.
 */

import type { Size } from './alignment.ts';
import type { Box, Pixels } from './pixels.ts';
import type { Point } from './points.ts';
import { apply, invert, type Matrix, matrixScale } from './square.ts';

/** Share of the square's side over which the edge fades. */
const FEATHER = 0.1;

/** How a picture is pasted. */
export interface PasteOptions {
  /** Share of the shorter side over which the edge fades, 0 to 0.5; default 0.1. */
  readonly feather?: number | undefined;
  /** A closed polygon in the photo that limits what is pasted, e.g. `meshOval`; the edge fades outwards over `feather`. */
  readonly outline?: readonly Point[] | undefined;
  /** Shifts the picture's colours so that they meet the photo's along the edge. */
  readonly matchColours?: boolean | undefined;
  /** Averages a picture that is finer than the photo. Without it, one bilinear value a pixel, as the golden pictures have it. */
  readonly antialias?: boolean | undefined;
}

/** 0 up to 0, 1 from 1 on, smooth in between. */
function smoothstep(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}

/** Distance of a point from a polygon: below 0 inside. */
export function polygonDistance(polygon: readonly Point[], [x, y]: Point): number {
  let [nearest, inside] = [Number.POSITIVE_INFINITY, false];
  polygon.forEach(([bx, by], i) => {
    const [ax, ay] = polygon[(i + polygon.length - 1) % polygon.length] ?? [bx, by];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy));
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside ? -nearest : nearest;
}

/** The picture halved until it is less than 1.5 times as fine as the photo. @param scale picture pixels along one photo pixel */
function coarsened(picture: Pixels, scale: number): Pixels {
  return scale < 1.5 || Math.min(picture.width, picture.height) < 2 ? picture : coarsened(halve(picture), scale / 2);
}

/** Means of 2 × 2 pixels. */
function halve({ data, width, height }: Pixels): Pixels {
  const [w, h] = [Math.max(1, width >> 1), Math.max(1, height >> 1)];
  const out = new Uint8ClampedArray(4 * w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let c = 0; c < 4; c++) {
        const at = 4 * (2 * y * width + 2 * x) + c;
        const below = at + 4 * width;
        out[4 * (y * w + x) + c] =
          ((data[at] ?? 0) + (data[at + 4] ?? 0) + (data[below] ?? 0) + (data[below + 4] ?? 0)) / 4;
      }
    }
  }
  return { data: out, width: w, height: h };
}

/** Bilinear value of channel `c`, positions clamped to the picture. */
function sample({ data, width, height }: Pixels, u: number, v: number, c: number): number {
  const x = Math.min(width - 1, Math.max(0, u));
  const y = Math.min(height - 1, Math.max(0, v));
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)];
  const [fx, fy] = [x - x0, y - y0];
  const at = (yy: number, xx: number): number => data[4 * (yy * width + xx) + c] ?? 0;
  return (at(y0, x0) * (1 - fx) + at(y0, x1) * fx) * (1 - fy) + (at(y1, x0) * (1 - fx) + at(y1, x1) * fx) * fy;
}

/** One photo pixel that the picture reaches: its index, its mask above 0 and its place in the picture. */
type Visit = (index: number, mask: number, u: number, v: number) => void;

/** A side of a picture counts as lying on the photo's border up to this many pixels. */
const ON_BORDER = 0.01;

/** Whether both ends of a picture's side lie on one border of the photo: nothing of the photo is left there to fade into. */
function liesOnBorder([ax, ay]: Point, [bx, by]: Point, { width, height }: Size): boolean {
  const near = (a: number, b: number, border: number): boolean =>
    Math.abs(a - border) < ON_BORDER && Math.abs(b - border) < ON_BORDER;
  return near(ax, bx, -0.5) || near(ax, bx, width - 0.5) || near(ay, by, -0.5) || near(ay, by, height - 0.5);
}

/** The pixels of a photo that a picture may touch, last ones included. */
function boundsOf(corners: readonly Point[], { width, height }: Size): Box {
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return {
    left: Math.max(0, Math.floor(Math.min(...xs))),
    top: Math.max(0, Math.floor(Math.min(...ys))),
    right: Math.min(width - 1, Math.ceil(Math.max(...xs))),
    bottom: Math.min(height - 1, Math.ceil(Math.max(...ys))),
  };
}

/**
 * Everything a picture of `size` touches in a photo. Its edge fades but where it lies on the photo's border.
 * @param toPhoto pixel indices of the picture → the photo
 */
function visitMask(
  photo: Size,
  size: Size,
  toPhoto: Matrix,
  { feather = FEATHER, outline }: PasteOptions,
  visit: Visit,
): void {
  const [right, bottom] = [size.width - 0.5, size.height - 0.5];
  const [topLeft, bottomLeft] = [apply(toPhoto, [-0.5, -0.5]), apply(toPhoto, [-0.5, bottom])];
  const [topRight, bottomRight] = [apply(toPhoto, [right, -0.5]), apply(toPhoto, [right, bottom])];
  const shorter = Math.min(size.width, size.height);
  /** Distances from the four sides in shares of the shorter one, without those that do not fade. */
  const away = (a: Point, b: Point): number => (liesOnBorder(a, b, photo) ? Number.POSITIVE_INFINITY : 0);
  const [fromLeft, fromRight] = [away(topLeft, bottomLeft), away(topRight, bottomRight)];
  const [fromTop, fromBottom] = [away(topLeft, topRight), away(bottomLeft, bottomRight)];
  const fade = feather * shorter * matrixScale(toPhoto);
  const box = boundsOf([topLeft, bottomLeft, bottomRight, topRight], photo);
  const [a, b, c, d, tx, ty] = invert(toPhoto);
  for (let y = box.top; y <= box.bottom; y++) {
    for (let x = box.left; x <= box.right; x++) {
      const [u, v] = [a * x + c * y + tx, b * x + d * y + ty];
      const across = Math.min(fromLeft + u + 0.5, fromRight + right - u);
      const down = Math.min(fromTop + v + 0.5, fromBottom + bottom - v);
      const edge = Math.min(across, down) / shorter;
      let mask = feather > 0 ? smoothstep(edge / feather) : Number(edge >= 0);
      if (mask > 0 && outline) mask *= smoothstep(1 - polygonDistance(outline, [x, y]) / Math.max(fade, 1e-6));
      if (mask > 0) visit(y * photo.width + x, mask, u, v);
    }
  }
}

/** A place in the picture → the same in the picture that was halved. */
type Place = (u: number, v: number) => Point;

/** Mean difference photo − picture where the edge fades: what colours have to move by to meet there. */
function edgeShift(photo: Pixels, picture: Pixels, walk: (visit: Visit) => void, place: Place): number[] {
  const sums = [0, 0, 0];
  let total = 0;
  walk((index, mask, u, v) => {
    const weight = mask * (1 - mask);
    total += weight;
    for (let c = 0; c < 3; c++) {
      const difference = (photo.data[4 * index + c] ?? 0) - sample(picture, ...place(u, v), c);
      sums[c] = (sums[c] ?? 0) + weight * difference;
    }
  });
  return sums.map((sum) => (total > 0 ? sum / total : 0));
}

/**
 * The photo with a picture pasted in.
 * @param picture what was cut out of it, changed
 * @param toPhoto the matrix of its `Placement`: pixel indices of the picture → the photo
 */
export function paste(photo: Pixels, picture: Pixels, toPhoto: Matrix, options: PasteOptions = {}): Pixels {
  const { antialias = true, matchColours = true } = options;
  const source = antialias ? coarsened(picture, 1 / matrixScale(toPhoto)) : picture;
  const [across, down] = [source.width / picture.width, source.height / picture.height];
  const place: Place = (u, v) => [across * (u + 0.5) - 0.5, down * (v + 0.5) - 0.5];
  const walk = (visit: Visit): void => visitMask(photo, picture, toPhoto, options, visit);
  const shift = matchColours ? edgeShift(photo, source, walk, place) : [0, 0, 0];
  const data = new Uint8ClampedArray(photo.data);
  walk((index, mask, u, v) => {
    for (let c = 0; c < 3; c++) {
      const old = photo.data[4 * index + c] ?? 0;
      const value = sample(source, ...place(u, v), c) + (shift[c] ?? 0);
      data[4 * index + c] = Math.floor(old * (1 - mask) + Math.min(255, Math.max(0, value)) * mask + 0.5);
    }
  });
  return { data, width: photo.width, height: photo.height };
}

/** The mask of {@link paste} as bytes, one a photo pixel. */
export function pasteMask(photo: Size, size: Size, toPhoto: Matrix, options: PasteOptions = {}): Uint8Array {
  const out = new Uint8Array(photo.width * photo.height);
  visitMask(photo, size, toPhoto, options, (index, mask) => {
    out[index] = Math.floor(255 * mask + 0.5);
  });
  return out;
}
