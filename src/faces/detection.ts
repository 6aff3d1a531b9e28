/**
 * What comes out of BlazeFace (256 px, "back" model), decoded: anchors, boxes with six points, and the merging
 * of boxes that mean one face. Coordinates are pixels of the network's 256 px picture until
 * {@link mapDetection} takes them elsewhere. Source: MediaPipe's SSD anchors, TensorsToDetections and weighted
 * non-maximum suppression calculators.
 */
import type { Point } from './points.ts';
import { apply, type Matrix, matrixScale } from './square.ts';

/** Side of the picture that BlazeFace reads. */
export const DETECTOR_SIZE = 256;

/** Grids of anchors: pixels between cells, and anchors a cell. Rows come first, then columns, then anchors. */
export const ANCHOR_GRIDS: readonly { readonly stride: number; readonly perCell: number }[] = [
  { stride: 16, perCell: 2 },
  { stride: 32, perCell: 6 },
];

/** Numbers a box has besides its score: centre, size, six points. */
export const BOX_VALUES = 16;

/** Overlap (intersection over union) above which two boxes mean one face. */
const SAME_FACE = 0.3;

/** One face as a detector sees it. */
export interface Detection {
  /** 0 to 1. */
  readonly score: number;
  readonly centre: Point;
  readonly width: number;
  readonly height: number;
  /** Eyes, nose tip, mouth's middle, ears; the image's left first. */
  readonly points: readonly [
    eyeLeft: Point,
    eyeRight: Point,
    nose: Point,
    mouth: Point,
    earLeft: Point,
    earRight: Point,
  ];
}

/** One grid's outputs as the network's last convolutions leave them: `[perCell, g, g]` and `[16·perCell, g, g]`. */
export interface GridOutput {
  readonly scores: Float32Array;
  readonly boxes: Float32Array;
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Boxes of one grid whose score reaches `threshold`. */
function decodeGrid({ scores, boxes }: GridOutput, stride: number, perCell: number, threshold: number): Detection[] {
  const side = DETECTOR_SIZE / stride;
  const cells = side * side;
  const found: Detection[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const anchor: Point = [((cell % side) + 0.5) * stride, (Math.floor(cell / side) + 0.5) * stride];
    for (let a = 0; a < perCell; a++) {
      const score = sigmoid(scores[a * cells + cell] ?? Number.NEGATIVE_INFINITY);
      if (!(score >= threshold)) continue;
      const value = (k: number): number => boxes[(a * BOX_VALUES + k) * cells + cell] ?? Number.NaN;
      const point = (k: number): Point => [anchor[0] + value(k), anchor[1] + value(k + 1)];
      // The network names sides as the person does: its right eye is on the image's left.
      const points = [point(4), point(6), point(8), point(10), point(12), point(14)] as const;
      found.push({ score, centre: point(0), width: value(2), height: value(3), points });
    }
  }
  return found;
}

/** All boxes whose score reaches `threshold`, of both grids. */
export function decodeDetections(grids: readonly GridOutput[], threshold: number): Detection[] {
  return ANCHOR_GRIDS.flatMap(({ stride, perCell }, i) => {
    const grid = grids[i];
    return grid ? decodeGrid(grid, stride, perCell, threshold) : [];
  });
}

/** Intersection over union of two boxes. */
export function overlap(a: Detection, b: Detection): number {
  const along = (ca: number, sa: number, cb: number, sb: number): number =>
    Math.max(0, Math.min(ca + sa / 2, cb + sb / 2) - Math.max(ca - sa / 2, cb - sb / 2));
  const common =
    along(a.centre[0], a.width, b.centre[0], b.width) * along(a.centre[1], a.height, b.centre[1], b.height);
  const union = a.width * a.height + b.width * b.height - common;
  return union > 0 ? common / union : 0;
}

/** Whether one box lies mostly within the other: what a tile's edge leaves of a face that the next tile has whole. */
function contains(a: Detection, b: Detection): boolean {
  const small = Math.min(a.width * a.height, b.width * b.height);
  const iou = overlap(a, b);
  const common = (iou * (a.width * a.height + b.width * b.height)) / (1 + iou);
  return common > 0.6 * small;
}

/** Mean of boxes that mean one face, weighed by their scores; its score is the highest. */
function merge(group: readonly Detection[]): Detection {
  const total = group.reduce((sum, { score }) => sum + score, 0);
  const mean = (of: (d: Detection) => number): number => group.reduce((sum, d) => sum + d.score * of(d), 0) / total;
  const point = (of: (d: Detection) => Point): Point => [mean((d) => of(d)[0]), mean((d) => of(d)[1])];
  return {
    score: Math.max(...group.map(({ score }) => score)),
    centre: point(({ centre }) => centre),
    width: mean(({ width }) => width),
    height: mean(({ height }) => height),
    points: [
      point(({ points }) => points[0]),
      point(({ points }) => points[1]),
      point(({ points }) => points[2]),
      point(({ points }) => points[3]),
      point(({ points }) => points[4]),
      point(({ points }) => points[5]),
    ],
  };
}

function grouped(detections: readonly Detection[], same: (a: Detection, b: Detection) => boolean): Detection[][] {
  const left = [...detections].sort((a, b) => b.score - a.score);
  const groups: Detection[][] = [];
  for (const detection of left) {
    const group = groups.find(([best]) => best !== undefined && same(best, detection));
    if (group) group.push(detection);
    else groups.push([detection]);
  }
  return groups;
}

/** One box a face, within one picture: weighted non-maximum suppression, best first. */
export function mergeDetections(detections: readonly Detection[]): Detection[] {
  return grouped(detections, (a, b) => overlap(a, b) > SAME_FACE).map(merge);
}

/** One box a face, over several passes through a photo: the best of each face stands, since a tile may have cut the others. */
export function bestOfPasses(detections: readonly Detection[]): Detection[] {
  const groups = grouped(detections, (a, b) => overlap(a, b) > SAME_FACE || contains(a, b));
  return groups.flatMap((group) => group.slice(0, 1));
}

/** A detection in another picture. Maps that turn leave width and height as they are, along the turned axes. */
export function mapDetection(d: Detection, map: Matrix): Detection {
  const scale = matrixScale(map);
  const [a, b, c, e, f, g] = d.points;
  const to = (p: Point): Point => apply(map, p);
  return {
    score: d.score,
    centre: to(d.centre),
    width: d.width * scale,
    height: d.height * scale,
    points: [to(a), to(b), to(c), to(e), to(f), to(g)],
  };
}
