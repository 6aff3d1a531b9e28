/**
 * Finds faces: a pass over the whole photo, a finer one over tiles where it is called for, turned passes where nothing
 * was found, then landmarks twice: from the detection's crop, and from the first mesh's own.
 */

import { faceWarnings } from '../faces/advice.ts';
import { detectionCrop, letterbox, meshCrop, tiles } from '../faces/crops.ts';
import { bestOfPasses, type Detection } from '../faces/detection.ts';
import type { Pixels } from '../faces/pixels.ts';
import { type FacePoints, meshOval, meshTo68, type Point, pointsOf68 } from '../faces/points.ts';
import { faceSquare, type Quad, quadCentre, quadSide, turnedSquare } from '../faces/square.ts';
import type { FaceNetworks } from './face-networks.ts';

/** Score a detection needs to be looked at, and one a mesh needs to be believed. */
const THRESHOLDS = { detection: 0.5, mesh: 0.5 } as const;
/** Faces are looked for in tiles unless the whole photo shows one of at least this share of its longer side. */
const LARGE_FACE = 1 / 12;
/** Turns of the photo, in degrees, that are tried where upright nothing is found. */
const TURNS = [-35, 35] as const;

/** When tiles are looked at: `auto` where the photo shows no large face, always, or never. */
export type SmallFaces = 'auto' | 'always' | 'never';

/** One face of a photo. */
export interface Face extends FacePoints {
  /** FFHQ's square: top left, bottom left, bottom right, top right, in pixels of the upright photo. */
  readonly quad: Quad;
  /** How sure the networks are, 0 to 1. */
  readonly score: number;
  /** MediaPipe's 468 vertices. */
  readonly mesh: readonly Point[];
  /** Turn of the head in degrees: 0 looks into the camera, positive values to the picture's right. */
  readonly yaw: number;
  /** What to know before it is used, a line each: a profile, a face that the border cuts, a picture that is aligned already. */
  readonly warnings: readonly string[];
}

/** How faces are looked for. */
export interface FindOptions {
  /** Whether to look for faces down to 1/25 of the longer side: `auto`, the default, looks where there is no large face. */
  readonly small?: SmallFaces | undefined;
  /** Landmarks of at most this many faces, largest first: a face of a crowd costs no more than one alone. All by default. */
  readonly most?: number | undefined;
}

/** What was found, and what looked like a face and was left out, a line each. */
export interface FoundFaces {
  /** Largest first. */
  readonly faces: readonly Face[];
  /** Others that were seen and, by `most`, not looked at. */
  readonly others: number;
  /** What looked like a face and was left out, and why. */
  readonly warnings: readonly string[];
}

async function detections(networks: FaceNetworks, photo: Pixels, small: SmallFaces): Promise<Detection[]> {
  const look = (square: Quad): Promise<Detection[]> => networks.detect(photo, square, THRESHOLDS.detection);
  const whole = letterbox(photo.width, photo.height);
  let found = await look(whole);
  const large = found.some(({ width }) => width >= LARGE_FACE * quadSide(whole));
  if (small === 'always' || (small === 'auto' && !large)) {
    for (const tile of tiles(photo.width, photo.height)) found = [...found, ...(await look(tile))];
  }
  if (found.length === 0) {
    const side = Math.hypot(photo.width, photo.height);
    for (const turn of TURNS) {
      found = [...found, ...(await look(turnedSquare(quadCentre(whole), side, (turn * Math.PI) / 180)))];
    }
  }
  return bestOfPasses(found);
}

/** Landmarks of a detection; undefined where the mesh finds no face there. */
async function landmarks(networks: FaceNetworks, photo: Pixels, detection: Detection): Promise<Face | undefined> {
  const first = await networks.mesh(photo, detectionCrop(detection));
  const { mesh, score, yaw } = await networks.mesh(photo, meshCrop(first.mesh));
  if (!(Math.min(first.score, score) >= THRESHOLDS.mesh)) return undefined;
  const points = pointsOf68(meshTo68(mesh));
  const quad = faceSquare(points);
  const warnings = faceWarnings({ quad, yaw, outline: meshOval(mesh) }, photo);
  return { ...points, quad, score: detection.score * score, mesh, yaw, warnings };
}

/** Faces of a photo, largest first. */
export async function findFaces(
  networks: FaceNetworks,
  photo: Pixels,
  { small = 'auto', most = Number.POSITIVE_INFINITY }: FindOptions = {},
): Promise<FoundFaces> {
  const faces: Face[] = [];
  const warnings: string[] = [];
  const seen = await detections(networks, photo, small);
  seen.sort((a, b) => b.width - a.width);
  for (const [i, detection] of seen.entries()) {
    if (faces.length >= most) return { faces, others: seen.length - i, warnings };
    const face = await landmarks(networks, photo, detection);
    if (face) faces.push(face);
    else
      warnings.push(
        `something like a face at ${detection.centre.map(Math.round).join(', ')} shows no clear landmarks and was left out`,
      );
  }
  faces.sort((a, b) => quadSide(b.quad) - quadSide(a.quad));
  return { faces, others: 0, warnings };
}
