/**
 * The square that FFHQ cuts a face by, and the maps between it and the photo. A square's four corners are a
 * similarity, so the way into the aligned picture and the way back are one matrix and its inverse (gl-matrix's
 * `mat2d`, kept in doubles).
 */
import { mat2d, vec2 } from 'gl-matrix';
import { ensure, ensureObject, inWords } from '../errors.ts';
import { between, ensurePoint, type FacePoints, isPoint, middle, type Point } from './points.ts';

/** Corners in the photo, in pixel indices: top left, bottom left, bottom right, top right. */
export type Quad = readonly [topLeft: Point, bottomLeft: Point, bottomRight: Point, topRight: Point];

/** `[a, b, c, d, x, y]`: (u, v) → (a·u + c·v + x, b·u + d·v + y), as `mat2d` stores it. */
export type Matrix = readonly [number, number, number, number, number, number];

/** How far from square a quad may be, relative to its side: rounding of a file to whole pixels on small faces. */
const SQUARE_SLACK = 0.05;

/** FFHQ's factors: side from the eyes' distance, from the eyes to the mouth, and the centre's shift towards the mouth. */
const FFHQ = { eyes: 2, mouth: 1.8, shift: 0.1 } as const;

/**
 * FFHQ's square of a face. @throws `image` error when eyes and mouth fall together or are no points, `option` for no object
 */
export function faceSquare(points: FacePoints): Quad {
  ensureObject('faceSquare: its points are', points);
  const { eyeLeft, eyeRight, mouth } = points;
  for (const [name, point] of Object.entries({ eyeLeft, eyeRight, mouth })) ensurePoint(name, point);
  const eyes = middle(eyeLeft, eyeRight);
  const [ex, ey] = between(eyeLeft, eyeRight);
  const [mx, my] = between(eyes, mouth);
  // The eyes' direction and the mouth's, turned by a quarter, vote together for what is level.
  const [lx, ly] = [ex + my, ey - mx];
  const length = Math.hypot(lx, ly);
  const half = Math.max(Math.hypot(ex, ey) * FFHQ.eyes, Math.hypot(mx, my) * FFHQ.mouth);
  ensure(
    length > 0 && half > 0,
    'image',
    () => `a face's eyes [${eyeLeft}], [${eyeRight}] and mouth [${mouth}] give no direction: mark them apart`,
  );
  const [x, y] = [(lx / length) * half, (ly / length) * half];
  const [cx, cy] = [eyes[0] + FFHQ.shift * mx, eyes[1] + FFHQ.shift * my];
  return [
    [cx - x + y, cy - y - x],
    [cx - x - y, cy - y + x],
    [cx + x - y, cy + y + x],
    [cx + x + y, cy + y - x],
  ];
}

/** Side of a square in pixels. */
export const quadSide = ([topLeft, , , topRight]: Quad): number => Math.hypot(...between(topLeft, topRight));

/** Centre of a square. */
export const quadCentre = ([topLeft, , bottomRight]: Quad): Point => middle(topLeft, bottomRight);

/**
 * Checks corners that came from outside. @throws `option` error when they are not four finite points of a square, in order
 */
export function checkQuad(quad: readonly Point[], where = 'quad'): Quad {
  const finite = Array.isArray(quad) && quad.length === 4 && quad.every(isPoint);
  ensure(
    finite,
    'option',
    () =>
      `${where}: expected four corners [x, y] (top left, bottom left, bottom right, top right), got ${JSON.stringify(quad)}`,
  );
  const [a, b, c, d] = quad as unknown as Quad;
  const [ux, uy] = between(a, d);
  const [vx, vy] = between(a, b);
  const side = Math.hypot(ux, uy);
  const off = Math.max(Math.hypot(vx + uy, vy - ux), Math.hypot(a[0] + c[0] - b[0] - d[0], a[1] + c[1] - b[1] - d[1]));
  ensure(
    side >= 1,
    'option',
    () => `${where}: a square of ${side.toFixed(2)} px is no picture, at least 1 px is needed`,
  );
  ensure(
    off <= SQUARE_SLACK * side,
    'option',
    () =>
      `${where}: corners are ${off.toFixed(1)} px away from a square of ${side.toFixed(1)} px, top left, ` +
      'bottom left, bottom right, top right: give a square in this order',
  );
  return [a, b, c, d];
}

/** Maps pixel indices (u, v) of a `size`² picture to the photo. */
export function quadMatrix([topLeft, bottomLeft, , topRight]: Quad, size: number): Matrix {
  const [ax, ay] = between(topLeft, topRight);
  const [bx, by] = between(topLeft, bottomLeft);
  const [a, b, c, d] = [ax / size, ay / size, bx / size, by / size];
  return [a, b, c, d, topLeft[0] + (a + c) / 2, topLeft[1] + (b + d) / 2];
}

const matrix = (): [number, number, number, number, number, number] => [1, 0, 0, 1, 0, 0];

/** The way back. @throws `option` error when there is none */
export function invert(m: Matrix): Matrix {
  const out = matrix();
  ensure(mat2d.invert(out, [...m]), 'option', () => `the map [${m}] has no inverse: give a square with an area`);
  return out;
}

/** First `inner`, then `outer`. */
export function compose(outer: Matrix, inner: Matrix): Matrix {
  const out = matrix();
  mat2d.multiply(out, [...outer], [...inner]);
  return out;
}

/** Scaling by `sx`, `sy`, then a shift by `x`, `y`. */
export const scaleShift = (sx: number, sy: number, x: number, y: number): Matrix => [sx, 0, 0, sy, x, y];

/** A picture's map for the same picture with pixels `step` times as large: their centres lie elsewhere. */
export function scaledMatrix([a, b, c, d, x, y]: Matrix, step: number): Matrix {
  const shift = (step - 1) / 2;
  return [a * step, b * step, c * step, d * step, x + (a + c) * shift, y + (b + d) * shift];
}

/** Where a map takes a point. */
export function apply(m: Matrix, [x, y]: Point): Point {
  const out: [number, number] = [0, 0];
  vec2.transformMat2d(out, [x, y], [...m]);
  return out;
}

/** Photo pixels along one step of the picture. */
export const matrixScale = ([a, b]: Matrix): number => Math.hypot(a, b);

/**
 * The square around `centre` with side `side`, turned by `angle` radians (clockwise on the screen).
 * @throws `image` error for a centre that is no point, `option` for a side or an angle that is no number
 */
export function turnedSquare(centre: Point, side: number, angle: number): Quad {
  ensurePoint('the centre', centre);
  ensure(
    Number.isFinite(side) && side > 0 && Number.isFinite(angle),
    'option',
    () => `a square of side ${inWords(side)} turned by ${inWords(angle)}: expected pixels above 0 and radians`,
  );
  const [cx, cy] = centre;
  const [x, y] = [(Math.cos(angle) * side) / 2, (Math.sin(angle) * side) / 2];
  return [
    [cx - x + y, cy - y - x],
    [cx - x - y, cy - y + x],
    [cx + x - y, cy + y + x],
    [cx + x + y, cy + y - x],
  ];
}

/** The largest centred rectangle of the given ratio (width over height): what domains without faces are cut by. */
export function centreCrop(
  width: number,
  height: number,
  ratio: number,
): { x: number; y: number; width: number; height: number } {
  ensure(
    [width, height, ratio].every((each) => Number.isFinite(each) && each > 0),
    'option',
    () => `${inWords(width)}×${inWords(height)} px cut to a ratio of ${inWords(ratio)}: expected numbers above 0`,
  );
  const w = Math.max(1, Math.min(width, Math.round(height * ratio)));
  const h = Math.max(1, Math.min(height, Math.round(width / ratio)));
  return { x: Math.floor((width - w) / 2), y: Math.floor((height - h) / 2), width: w, height: h };
}
