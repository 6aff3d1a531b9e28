/** A photo on its way into a call: cut as `align` says, taken as it is now, and given back when the call has ended. */
import { throwIfAborted } from '../errors.ts';
import type { Life } from '../runtime/life.ts';
import type { CutPicture } from './face-finder.ts';
import { type Align, ensureAlign, type PhotoAligner } from './photo-aligner.ts';
import type { PictureReader } from './picture-reader.ts';
import type { PictureSource, TakenPicture } from './picture-source.ts';

/** What photos are cut and taken with. */
export interface PhotoTaking {
  readonly aligner: PhotoAligner;
  readonly reader: PictureReader;
  readonly life: Life;
}

/** Options that concern the photo of a call. */
export interface PhotoOptions {
  readonly align?: Align | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does `work` with a photo as it is now, which may be changed or closed as soon as this call has begun. The person that comes of
 * it knows where they were cut out.
 * @throws `image` error for an unusable photo, `option` for a bad square, `aborted`; what `work` throws
 */
export async function withPhoto<T extends { cut: CutPicture | undefined }>(
  { aligner, reader, life }: PhotoTaking,
  photo: PictureSource,
  { align, signal }: PhotoOptions,
  work: (taken: Promise<TakenPicture>, picture: PictureSource) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  ensureAlign(align);
  const { picture, cut } =
    align === undefined ? { picture: photo, cut: undefined } : await life.wait(aligner.cut(photo, align), { signal });
  const taking = reader.take(picture);
  taking.catch(() => undefined); // reported where it is awaited
  try {
    const person = await work(taking, picture);
    if (cut) person.cut = cut;
    return person;
  } finally {
    taking.then((taken) => taken.close()).catch(() => undefined);
  }
}
