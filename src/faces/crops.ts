/**
 * Where networks look: the squares of a photo that the detector reads (the whole, then tiles), and those that
 * the landmark network reads (around a detection, then around the first pass's own points).
 */
import type { Detection } from './detection.ts';
import { between, EYE_CORNERS, middle, type Point } from './points.ts';
import { type Quad, turnedSquare } from './square.ts';

/** Side of the picture that FaceMesh reads. */
export const MESH_SIZE = 192;

/** Side of the landmark crop over that of the detector's box (MediaPipe's `RectTransformation`). */
const BOX_MARGIN = 1.5;

/** Share of the photo's longer side that a tile of the finer pass covers, and how far tiles are apart. */
const TILE = { side: 0.53, step: 0.47 } as const;

/** The square that holds the whole photo, at its centre. */
export function letterbox(width: number, height: number): Quad {
  return turnedSquare([(width - 1) / 2, (height - 1) / 2], Math.max(width, height), 0);
}

/** Squares of the finer pass: they overlap by more than the smallest face they are for, a twenty-fifth of the photo. */
export function tiles(width: number, height: number): Quad[] {
  const longer = Math.max(width, height);
  const side = TILE.side * longer;
  const centres = (length: number): number[] => {
    if (length <= side) return [(length - 1) / 2];
    const count = Math.ceil((length - side) / (TILE.step * longer)) + 1;
    return Array.from({ length: count }, (_, i) => side / 2 - 0.5 + ((length - side) * i) / (count - 1));
  };
  return centres(height).flatMap((y) => centres(width).map((x) => turnedSquare([x, y], side, 0)));
}

const angleOf = ([x, y]: Point): number => Math.atan2(y, x);

/** The landmark crop of a detection: its box, 1.5 times as large, square, turned so that the eyes are level. */
export function detectionCrop({ centre, width, height, points: [eyeLeft, eyeRight] }: Detection): Quad {
  return turnedSquare(centre, BOX_MARGIN * Math.max(width, height), angleOf(between(eyeLeft, eyeRight)));
}

/** The landmark crop of a face whose mesh is known from a first pass: as {@link detectionCrop}, around the mesh itself. */
export function meshCrop(mesh: readonly Point[]): Quad {
  const [left = [0, 0], right = [1, 0]] = EYE_CORNERS.map((i): Point => mesh[i] ?? [0, 0]);
  const angle = angleOf(between(left, right));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = mesh.map(([x, y]): Point => [x * cos + y * sin, y * cos - x * sin]);
  const [xs, ys] = [turned.map(([x]) => x), turned.map(([, y]) => y)];
  const low: Point = [Math.min(...xs), Math.min(...ys)];
  const high: Point = [Math.max(...xs), Math.max(...ys)];
  const [cx, cy] = middle(low, high);
  const side = BOX_MARGIN * Math.max(high[0] - low[0], high[1] - low[1]);
  return turnedSquare([cx * cos - cy * sin, cx * sin + cy * cos], side, angle);
}
