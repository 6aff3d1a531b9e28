/** What `align`'s command and job tell each other. */
import type { Face } from '../../src/index-faces.ts';

/** What the command passes; picture N is mounted as `pictureN`, RGBA bytes, the face models as `faces`. */
export interface AlignParams {
  readonly size: number;
  readonly supersample: boolean;
  /** All faces of a picture, or its largest. */
  readonly all: boolean;
  readonly small: 'auto' | 'always' | 'never';
  readonly pictures: readonly { readonly width: number; readonly height: number }[];
}

/** One face as the JSON form has it. */
export type FaceRow = Pick<Face, 'quad' | 'eyeLeft' | 'eyeRight' | 'mouth' | 'score'>;

/** What the job emits. Aligned pictures are saved as `N/F`, RGBA bytes. */
export type AlignEvent = {
  readonly picture: number;
  readonly faces: readonly FaceRow[];
  readonly warnings: readonly string[];
  readonly findSeconds: number;
  readonly alignSeconds: number;
};
