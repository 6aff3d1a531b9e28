/** What `invert`'s command and job tell each other. */
import { HyperStyleError, type RgbaPixels } from '../../src/index.ts';
import type { EditRequest } from '../edit-job.ts';
import type { KernelOptions } from '../kernel-options.ts';

/** What the command passes; picture N is mounted as `pictureN`, packed by {@link packPicture}. */
export interface InvertParams {
  /** Address of the model, or null for the folder mounted as `model`. */
  readonly model: string | null;
  readonly steps: number;
  /** An edited picture, and one a domain, are made where it asks for some. */
  readonly request: EditRequest;
  readonly kernels: KernelOptions;
  /** What is cut out of each photo: its faces, one by one (the face models are mounted as `faces` then), or its centre. */
  readonly cut: 'faces' | 'centre' | null;
  /** Whether the results are put back into the photo. */
  readonly paste: boolean;
  /** How many pictures there are. */
  readonly pictures: number;
}

/** A part that was cut out of a photo: which, of how many, and its size as the model got it. */
export interface PartOf {
  readonly part: number;
  readonly parts: number;
  readonly width: number;
  readonly height: number;
}

/**
 * What the job emits. Files are saved as `N/y0`, …, `N/edit`, `N/domain-NAME` (RGBA bytes) and `N/identity`, of what
 * was cut out also `N/input`; the photo with the results put back as `N/pasted`.
 */
export type InvertEvent =
  | { readonly kind: 'download'; readonly loadedBytes: number; readonly totalBytes: number }
  | {
      readonly kind: 'loaded';
      readonly model: string;
      /** The adapter that the engine runs on, in words. */
      readonly adapter: string;
      readonly width: number;
      readonly height: number;
      readonly seconds: number;
    }
  | {
      readonly kind: 'step';
      readonly picture: number;
      readonly index: number;
      readonly l2: number;
      readonly seconds: number;
    }
  | {
      readonly kind: 'inverted';
      readonly picture: number;
      readonly width: number;
      readonly height: number;
      readonly of?: PartOf;
    }
  | { readonly kind: 'faces'; readonly picture: number; readonly faces: number; readonly warnings: readonly string[] }
  | { readonly kind: 'pasted'; readonly picture: number }
  | PictureFailed;

/** A picture that cannot be used; the next one follows. */
export interface PictureFailed {
  readonly kind: 'failed';
  readonly picture: number;
  readonly message: string;
}

/** Bytes of width and height before the pixels. */
const HEADER = 8;

/** A picture in one piece: width and height as little-endian u32, then RGBA bytes. */
export function packPicture({ data, width, height }: RgbaPixels): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, height, true);
  bytes.set(data, HEADER);
  return bytes;
}

/** The picture of {@link packPicture}; its pixels are not copied. */
export function unpackPicture(bytes: Uint8Array<ArrayBuffer>): RgbaPixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(0, true), height: view.getUint32(4, true), data: bytes.subarray(HEADER) };
}

/** Whether an error is about one picture, so that the next one may succeed. */
export function isOfPicture(error: unknown): error is HyperStyleError {
  return error instanceof HyperStyleError && ['file', 'image', 'memory'].includes(error.code);
}
