/**
 * What `HyperStyle` needs of the faces part: photos cut to what the model reads. The face networks and everything that knows about faces are
 * imported when the first photo asks for them, so that pages which bring aligned pictures load nothing of it.
 */
import { type Architecture, outputRows } from '../architecture.ts';
import { ensure } from '../errors.ts';
import type { Quad } from '../faces/square.ts';
import type { FoundFaces } from '../method/find-faces.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { AlignedPicture, FaceFinder, FaceSource, FindOptions } from './face-finder.ts';
import type { PictureSource, RgbaPixels } from './picture-source.ts';

/** How a photo is cut before it is inverted: its largest face found, not at all, or by a square of your own. */
export type Align = 'auto' | 'none' | Quad;

/** Where the face models are unless `faces` says otherwise: beside this page's models. */
const DEFAULT_FACES = '/models/faces/';

/** A photo as the model reads it, and the way back where there is one. */
export interface CutPhoto {
  readonly picture: PictureSource;
  readonly aligned: AlignedPicture | undefined;
}

/** @throws `option` error when `align` is none of its values; the corners of a square are checked when it is used */
export function ensureAlign(align: unknown): void {
  ensure(
    align === undefined || align === 'auto' || align === 'none' || Array.isArray(align),
    'option',
    () => `align is ${JSON.stringify(align)}, expected "auto", "none" or a square [[x, y] × 4]`,
  );
}

/** Cuts photos for one model, on its device. */
export class PhotoAligner {
  readonly #runtime: Runtime;
  readonly #architecture: Architecture;
  readonly #faces: FaceSource;
  readonly #onWarning: (warning: string) => void;
  #finder: Promise<FaceFinder> | undefined;

  constructor(
    runtime: Runtime,
    architecture: Architecture,
    {
      faces = DEFAULT_FACES,
      onWarning = console.warn,
    }: { faces?: FaceSource | undefined; onWarning?: ((warning: string) => void) | undefined },
  ) {
    this.#runtime = runtime;
    this.#architecture = architecture;
    this.#faces = faces;
    this.#onWarning = onWarning;
  }

  /** The finder, loaded once; after a failure the next call tries again. */
  #load(): Promise<FaceFinder> {
    if (this.#finder) return this.#finder;
    const loading = import('./face-finder.ts').then(({ FaceFinder: Finder }) =>
      Finder.mount(this.#faces, this.#runtime),
    );
    loading.catch(() => {
      this.#finder = undefined;
    });
    this.#finder = loading;
    return loading;
  }

  /** All faces of a photo. */
  async find(photo: PictureSource, options?: FindOptions): Promise<FoundFaces> {
    return (await this.#load()).find(photo, options);
  }

  /**
   * The photo as `align` says.
   * @throws `image` error when no face is found, `option` for a bad square; those of loading the face models
   */
  async cut(photo: PictureSource, align: Align): Promise<CutPhoto> {
    if (align === 'none') {
      await this.#warnUnlessAligned(photo);
      return { picture: photo, aligned: undefined };
    }
    if (align === 'auto' && this.#readsRows()) return { picture: await this.#centred(photo), aligned: undefined };
    const finder = await this.#load();
    const quad = align === 'auto' ? await this.#largest(photo) : align;
    const aligned = await finder.align(photo, quad, { size: this.#architecture.size });
    return { picture: aligned.picture, aligned };
  }

  /** Whether the model draws no squares: cars, which have no faces. */
  #readsRows(): boolean {
    return this.#architecture.cropRows !== null;
  }

  async #largest(photo: PictureSource): Promise<Quad> {
    const { faces, warnings } = await this.find(photo);
    for (const warning of warnings) this.#onWarning(warning);
    const [face] = faces;
    ensure(
      face,
      'image',
      'no face was found in the photo: take one that shows a face upright and at least 1/25 of its longer side, or pass align: [[x, y] × 4]',
    );
    if (faces.length > 1)
      this.#onWarning(
        `the photo shows ${faces.length} faces: the largest is inverted; pass another one's quad as align`,
      );
    return face.quad;
  }

  async #centred(photo: PictureSource): Promise<RgbaPixels> {
    const [{ centreSquare }, { photoPixels }] = await Promise.all([
      import('../faces/centre-square.ts'),
      import('./photo-pixels.ts'),
    ]);
    const [from, to] = outputRows(this.#architecture);
    return centreSquare(await photoPixels(photo), this.#architecture.size / (to - from));
  }

  /** Tells when a picture that is said to be aligned shows a face elsewhere. */
  async #warnUnlessAligned(photo: PictureSource): Promise<void> {
    if (this.#readsRows()) return;
    const [{ misalignment, MISALIGNED }, { photoPixels }] = await Promise.all([
      import('../faces/alignment.ts'),
      import('./photo-pixels.ts'),
    ]);
    const pixels = await photoPixels(photo);
    const { faces } = await (await this.#load()).find(pixels, { small: 'never' });
    const [face] = faces;
    const off = face ? misalignment(face.quad, pixels) : 0;
    if (off > MISALIGNED) {
      this.#onWarning(
        `the picture does not look aligned: its face's square is ${Math.round(100 * off)} % away from the picture's corners; pass align: 'auto'`,
      );
    }
  }

  /** Gives the face networks' memory back. */
  dispose(): void {
    this.#finder?.then((finder) => finder.dispose()).catch(() => undefined);
    this.#finder = undefined;
  }
}
