/**
 * Points in a photo, and the three that an alignment needs: the eyes and the mouth's middle. Landmarks of
 * several providers come down to these here; `square.ts` makes the square of them. Coordinates are pixel
 * indices: integers are pixel centres, y points down.
 */
import { ensure, ensureList, inWords } from '../errors.ts';

/** A position `[x, y]` in pixels; integers are pixel centres. */
export type Point = readonly [x: number, y: number];

/** What an alignment needs. "Left" is the image's left, as FFHQ's script has it. */
export interface FacePoints {
  readonly eyeLeft: Point;
  readonly eyeRight: Point;
  /** Middle of the mouth's corners. */
  readonly mouth: Point;
}

/** Vertices of MediaPipe's face mesh that stand for the 68 points of iBUG 300-W (dlib): chin, brows, nose, eyes, lips. */
const MESH_TO_68: readonly number[] = [
  ...[162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389],
  ...[71, 63, 105, 66, 107, 336, 296, 334, 293, 301],
  ...[168, 197, 5, 4, 75, 97, 2, 326, 305],
  ...[33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380],
  ...[61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87],
];

/** Vertices along the face's outline, clockwise from the top of the forehead. */
const MESH_OVAL: readonly number[] = [
  ...[10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377],
  ...[152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109],
];

/** Vertices of MediaPipe's face mesh. */
export const MESH_POINTS = 468;

/** Whether something is `[x, y]`, two finite numbers. */
export const isPoint = (point: unknown): point is Point =>
  Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);

/** @throws `image` error for what is no {@link isPoint point}. @param what it is called */
export function ensurePoint(what: string, point: unknown): void {
  ensure(
    isPoint(point),
    'image',
    () => `${what} is ${Array.isArray(point) ? `[${point.map(inWords)}]` : inWords(point)}, expected [x, y] in pixels`,
  );
}

/** The middle of two points. */
export const middle = ([ax, ay]: Point, [bx, by]: Point): Point => [(ax + bx) / 2, (ay + by) / 2];

/** From `a` to `b`. */
export const between = ([ax, ay]: Point, [bx, by]: Point): Point => [bx - ax, by - ay];

function mean(points: readonly Point[]): Point {
  const sum = points.reduce<Point>(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

/** @throws `image` error when there are not `count` finite points */
function expectPoints(points: readonly Point[], count: number, form: string): void {
  ensure(
    points.length === count,
    'image',
    () => `landmarks: ${form} has ${count} points, got ${points.length}; name the form they have`,
  );
  for (const [i, point] of points.entries()) ensurePoint(`landmarks: point ${i}`, point);
}

const pick = (points: readonly Point[], indices: readonly number[]): Point[] =>
  indices.map((i) => points[i] ?? [Number.NaN, Number.NaN]);

/**
 * Eyes and mouth of 68 points (dlib's shape predictor, iBUG 300-W): eyes are the means of points 36–41 and
 * 42–47, the mouth is the middle of 48 and 54. FFHQ's `recreate_aligned_images`.
 * @throws `image` error when there are not 68
 */
export function pointsOf68(landmarks: readonly Point[]): FacePoints {
  expectPoints(landmarks, 68, 'the 68-point form');
  const [corner, other] = pick(landmarks, [48, 54]);
  return {
    eyeLeft: mean(landmarks.slice(36, 42)),
    eyeRight: mean(landmarks.slice(42, 48)),
    mouth: middle(corner ?? [0, 0], other ?? [0, 0]),
  };
}

/**
 * Eyes and mouth of 5 points as MTCNN and RetinaFace give them: left eye, right eye, nose, left and right mouth
 * corner (of the image).
 * @throws `image` error when there are not 5
 */
export function pointsOf5(landmarks: readonly Point[]): FacePoints {
  expectPoints(landmarks, 5, 'the 5-point form');
  const [eyeLeft = [0, 0], eyeRight = [0, 0], , corner = [0, 0], other = [0, 0]] = landmarks;
  return { eyeLeft, eyeRight, mouth: middle(corner, other) };
}

/** The 68 points of a face mesh of 468 vertices. @throws `image` error when there are not 468 */
export function meshTo68(mesh: readonly Point[]): Point[] {
  expectPoints(mesh, MESH_POINTS, 'the face mesh');
  return pick(mesh, MESH_TO_68);
}

/** The face's outline of a mesh of 468 vertices, a closed polygon of 36. @throws `image` error when there are not 468 */
export function meshOval(mesh: readonly Point[]): Point[] {
  expectPoints(mesh, MESH_POINTS, 'the face mesh');
  return pick(mesh, MESH_OVAL);
}

/** Vertices at the eyes' outer corners; the image's left first. */
export const EYE_CORNERS = [33, 263] as const;

/**
 * How far a head is turned, in degrees: 0 looks into the camera, positive values to the picture's right.
 * @param vertices `[468, 3]` as the mesh network gives them: x, y and z in one unit, z growing away from the camera
 */
export function headYaw(vertices: ArrayLike<number>): number {
  const at = (vertex: number, axis: number): number => vertices[3 * vertex + axis] ?? Number.NaN;
  const [left, right] = EYE_CORNERS;
  const [x, y, z] = [0, 1, 2].map((axis) => at(right, axis) - at(left, axis)) as [number, number, number];
  return (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI;
}

/** Eyes and mouth of whichever of the known forms the number of points tells. @throws `image` error for any other number */
export function facePoints(landmarks: readonly Point[]): FacePoints {
  ensureList('facePoints', landmarks, 'points [x, y]');
  if (landmarks.length === 5) return pointsOf5(landmarks);
  if (landmarks.length === 68) return pointsOf68(landmarks);
  ensure(
    landmarks.length === MESH_POINTS,
    'image',
    () =>
      `landmarks: got ${landmarks.length} points, known forms have 5 (MTCNN), 68 (dlib) or ${MESH_POINTS} (MediaPipe)`,
  );
  return pointsOf68(meshTo68(landmarks));
}
