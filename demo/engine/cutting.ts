/** What of a photo a model reads: as a bitmap for the screen, as what pictures are compared with, and as the library is told. */
import { type CropQuad, cropOf } from './crop.ts';
import { Reference } from './measures.ts';
import { cutMiddle, cutOut } from './pictures.ts';
import type { Photo, Session } from './session.ts';

/** The photo's part that a model reads, as a bitmap for the screen. */
export function partOf(session: Session, { bitmap, quad }: Photo): ImageBitmap {
  if (quad) return cutOut(bitmap, cropOf(quad));
  const { size, inputSize, cropRows } = session.model.architecture;
  const [from, to] = cropRows ?? [0, inputSize];
  return cutMiddle(bitmap, { width: size, height: (size * (to - from)) / inputSize });
}

/** What pictures are compared with: the photo's part at the size the networks read. */
export async function referenceOf(session: Session, photo: Photo): Promise<Reference> {
  const { inputSize, cropRows } = session.model.architecture;
  const [from, to] = cropRows ?? [0, inputSize];
  const part = partOf(session, photo);
  try {
    return await Reference.of(part, inputSize, to - from);
  } finally {
    part.close();
  }
}

/** How the library is told to cut a photo: samples have the model's form already. */
export function alignOf(session: Session, { bitmap, quad }: Photo): CropQuad | 'centre' | undefined {
  if (quad) return quad;
  const square = bitmap.width === bitmap.height && session.model.architecture.cropRows === null;
  return square ? undefined : 'centre';
}
