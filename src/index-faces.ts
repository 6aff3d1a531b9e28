/**
 * The faces part of the library, an entry of its own (`hyperstyle-webgpu/faces`) so that pages without it load
 * nothing of it: faces found in photos, aligned as FFHQ is, and put back.
 *
 * ```ts
 * const finder = await FaceFinder.load('/models/faces/');
 * const { faces: [face] } = await finder.find(photo);
 * const aligned = await finder.align(photo, face, { size: 1024 });
 * const pasted = await pasteFace(photo, edited, aligned);
 * ```
 *
 * @module hyperstyle-webgpu/faces
 */
export type { FaceSource } from './api/face-files.ts';
export {
  type AlignedPicture,
  type AlignOptions,
  type CutPicture,
  FaceFinder,
  type FaceLoadOptions,
  type PasteFaceOptions,
  pasteFace,
} from './api/face-finder.ts';
export type { AlignmentPlan } from './faces/alignment.ts';
export type { Placement } from './faces/placement.ts';
export { type FacePoints, facePoints, type Point } from './faces/points.ts';
export { centreCrop, faceSquare, type Quad, turnedSquare } from './faces/square.ts';
export type { Face, FindOptions, FoundFaces, SmallFaces } from './method/find-faces.ts';
