/**
 * What `HyperStyle` needs of the faces part. It is loaded when the first photo asks for it: pages that bring aligned
 * pictures load nothing of it.
 */
import type { Architecture } from '../architecture.ts';
import { ensure, imported, inWords } from '../errors.ts';
import type { Quad } from '../faces/square.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { GraphModel } from '../weights/graph-model.ts';
import type { FaceSource } from './face-files.ts';
import type { CutPicture } from './face-finder.ts';
import type { PhotoCutter } from './photo-cutter.ts';
import { photoPixels } from './photo-pixels.ts';
import type { PictureSource } from './picture-source.ts';

/** How a photo is cut before it is inverted: its largest face found, its centre, not at all, or by a square of your own. */
export type Align = 'auto' | 'centre' | 'none' | Quad;

/** A photo as the model reads it, and the way back where there is one. */
export interface CutPhoto {
  readonly picture: PictureSource;
  readonly cut: CutPicture | undefined;
}

/** The words among the values of {@link Align}. */
const ALIGN_WORDS: readonly unknown[] = ['auto', 'centre', 'none'];

/** @throws `option` error when `align` is none of its values; the corners of a square are checked when it is used */
export function ensureAlign(align: unknown): void {
  ensure(
    align === undefined || ALIGN_WORDS.includes(align) || Array.isArray(align),
    'option',
    () => `align is ${inWords(align)}, expected "auto", "centre", "none" or a square [[x, y] × 4]`,
  );
}

/** Options of a load that concern photos. */
export interface AlignerOptions {
  readonly faces?: FaceSource | undefined;
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/** Cuts photos for one model; `photo-cutter.ts` does it. */
export class PhotoAligner {
  readonly #make: () => Promise<PhotoCutter>;
  #cutter: Promise<PhotoCutter> | undefined;

  constructor(runtime: Runtime, architecture: Architecture, options: AlignerOptions) {
    this.#make = async () => {
      const { PhotoCutter: Cutter } = await imported(import('./photo-cutter.ts'));
      return new Cutter(runtime, architecture, options);
    };
  }

  /** Loaded once; after a failure the next call tries again. */
  #load(): Promise<PhotoCutter> {
    this.#cutter ??= this.#make().catch((error) => {
      this.#cutter = undefined;
      throw error;
    });
    return this.#cutter;
  }

  /** A further network's weights, from where the face models are. Errors as `readFaceModel`. */
  async readModel(name: string): Promise<GraphModel> {
    return (await this.#load()).readModel(name);
  }

  /** Faces of a photo. */
  async find(photo: PictureSource, options?: FindOptions): Promise<FoundFaces> {
    return (await this.#load()).find(photo, options);
  }

  /**
   * The photo as `align` says.
   * @throws `image` error when no face is found, `option` for a bad square; those of loading the face models
   */
  async cut(photo: PictureSource, align: Align): Promise<CutPhoto> {
    const pixels = await photoPixels(photo); // as it is now, before anything is loaded
    return (await this.#load()).cut(pixels, align);
  }

  /** Gives the face networks' memory back. */
  dispose(): void {
    this.#cutter?.then((cutter) => cutter.dispose()).catch(() => undefined);
    this.#cutter = undefined;
  }
}
