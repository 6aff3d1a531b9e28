/**
 * Finds faces: a pass over the whole photo, a finer one over tiles where it is called for, turned passes where nothing was found, then
 * landmarks twice: from the detection's crop, and from the first mesh's own.
 */

import { detectionCrop, letterbox, meshCrop, tiles } from '../faces/crops.ts';
import { bestOfPasses, type Detection } from '../faces/detection.ts';
import type { Pixels } from '../faces/pixels.ts';
import { type FacePoints, meshTo68, type Point, pointsOf68 } from '../faces/points.ts';
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
}

/** What was found, and what looked like a face and was left out, a line each. */
export interface FoundFaces {
  /** Largest first. */
  readonly faces: readonly Face[];
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
  const { mesh, score } = await networks.mesh(photo, meshCrop(first.mesh));
  if (!(Math.min(first.score, score) >= THRESHOLDS.mesh)) return undefined;
  const points = pointsOf68(meshTo68(mesh));
  return { ...points, quad: faceSquare(points), score: detection.score * score, mesh };
}

/** All faces of a photo, largest first. */
export async function findFaces(
  networks: FaceNetworks,
  photo: Pixels,
  small: SmallFaces = 'auto',
): Promise<FoundFaces> {
  const faces: Face[] = [];
  const warnings: string[] = [];
  for (const detection of await detections(networks, photo, small)) {
    const face = await landmarks(networks, photo, detection);
    if (face) faces.push(face);
    else
      warnings.push(
        `something like a face at ${detection.centre.map(Math.round).join(', ')} shows no clear landmarks and was left out`,
      );
  }
  faces.sort((a, b) => quadSide(b.quad) - quadSide(a.quad));
  return { faces, warnings };
}
