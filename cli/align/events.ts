/** What `align`'s command and job tell each other. */
import type { Face } from '../../src/index-faces.ts';

/** What the command passes; picture N is mounted as `pictureN`, packed by `packPicture`, the face models as `faces`. */
export interface AlignParams {
  readonly size: number;
  readonly supersample: boolean;
  /** All faces of a picture, or its largest. */
  readonly all: boolean;
  readonly small: 'auto' | 'always' | 'never';
  /** How many pictures there are. */
  readonly pictures: number;
}

/** One face as the JSON form has it. */
export type FaceRow = Pick<Face, 'quad' | 'eyeLeft' | 'eyeRight' | 'mouth' | 'score'>;

/** What the job emits. Between `found` and `aligned` come the aligned pictures, saved as `N/F`, RGBA bytes. */
export type AlignEvent =
  | {
      readonly kind: 'found';
      readonly picture: number;
      readonly faces: readonly FaceRow[];
      readonly warnings: readonly string[];
      readonly seconds: number;
    }
  | { readonly kind: 'aligned'; readonly picture: number; readonly seconds: number }
  /** A picture that cannot be used; the next one follows. */
  | { readonly kind: 'failed'; readonly picture: number; readonly message: string };
