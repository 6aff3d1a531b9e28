/**
 * Photos cut to what a model reads, behind `photo-aligner.ts`. The face networks and everything that knows about faces
 * are imported when the first photo asks for them.
 */
import { type Architecture, outputRows } from '../architecture.ts';
import { ensure } from '../errors.ts';
import type { Pixels } from '../faces/pixels.ts';
import type { Quad } from '../faces/square.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { GraphModel } from '../weights/graph-model.ts';
import { type FaceSource, readFaceModel } from './face-files.ts';
import type { CutPicture, FaceFinder } from './face-finder.ts';
import type { Align, AlignerOptions, CutPhoto } from './photo-aligner.ts';
import type { PictureSource } from './picture-source.ts';

/** Where the face models are unless `faces` says otherwise: beside this page's models. */
const DEFAULT_FACES = '/models/faces/';

/** Cuts photos for one model, on its device. */
export class PhotoCutter {
  readonly #runtime: Runtime;
  readonly #architecture: Architecture;
  readonly #faces: FaceSource;
  readonly #onWarning: (warning: string) => void;
  #finder: Promise<FaceFinder> | undefined;

  constructor(
    runtime: Runtime,
    architecture: Architecture,
    { faces = DEFAULT_FACES, onWarning = console.warn }: AlignerOptions,
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

  /** A further network's weights, from where the face models are. Errors as {@link readFaceModel}. */
  readModel(name: string): Promise<GraphModel> {
    return readFaceModel(this.#faces, name);
  }

  /** Faces of a photo. */
  async find(photo: PictureSource, options?: FindOptions): Promise<FoundFaces> {
    return (await this.#load()).find(photo, options);
  }

  /**
   * The photo as `align` says.
   * @throws `image` error when no face is found, `option` for a bad square; those of loading the face models
   */
  async cut(pixels: Pixels, align: Align): Promise<CutPhoto> {
    if (align === 'none') {
      await this.#warnUnlessAligned(pixels);
      return { picture: pixels, cut: undefined };
    }
    const centre = align === 'centre' || (align === 'auto' && this.#readsRows());
    const cut = await (centre ? this.#centre(pixels) : this.#face(pixels, align));
    return { picture: cut.picture, cut };
  }

  /** Whether the model draws no squares: cars, which have no faces. */
  #readsRows(): boolean {
    return this.#architecture.cropRows !== null;
  }

  async #face(photo: Pixels, align: 'auto' | Quad): Promise<CutPicture> {
    const [finder, { smallFaceWarning }] = await Promise.all([this.#load(), import('../faces/advice.ts')]);
    const quad = align === 'auto' ? await this.#largest(photo) : align;
    const cut = await finder.align(photo, quad, { size: this.#architecture.size });
    const small = smallFaceWarning(cut.plan.quad, this.#architecture.inputSize);
    if (small) this.#onWarning(small);
    return cut;
  }

  async #largest(photo: Pixels): Promise<Quad> {
    const { faces, others, warnings } = await this.find(photo, { most: 1 });
    for (const warning of warnings) this.#onWarning(warning);
    const [face] = faces;
    ensure(
      face,
      'image',
      'no face was found in the photo: take one that shows a face upright and at least 1/25 of its ' +
        'longer side, or pass align: [[x, y] × 4]',
    );
    if (others > 0) {
      this.#onWarning(
        `the photo shows ${others + 1} faces, the largest is inverted: ` +
          'for another one pass its quad as align (findFaces lists all)',
      );
    }
    for (const warning of face.warnings) this.#onWarning(warning);
    return face.quad;
  }

  async #centre(photo: Pixels): Promise<CutPicture> {
    const [{ centreSquare }, { centrePlacement }] = await Promise.all([
      import('../faces/centre-square.ts'),
      import('../faces/placement.ts'),
    ]);
    const [from, to] = outputRows(this.#architecture);
    const drawn = { width: this.#architecture.size, height: to - from };
    const picture = centreSquare(photo, drawn.width / drawn.height);
    return { picture, placement: centrePlacement(photo, drawn) };
  }

  /** Tells when a picture that is said to be aligned shows a face elsewhere. */
  async #warnUnlessAligned(pixels: Pixels): Promise<void> {
    if (this.#readsRows()) return;
    const { misalignment, MISALIGNED } = await import('../faces/alignment.ts');
    const { faces } = await (await this.#load()).find(pixels, { small: 'never', most: 1 });
    const [face] = faces;
    const off = face ? misalignment(face.quad, pixels) : 0; // what shows no face is nothing to warn of
    if (off > MISALIGNED) {
      this.#onWarning(
        `the picture does not look aligned: its face's square is ${Math.round(100 * off)} % away from ` +
          `the picture's corners; pass align: 'auto'`,
      );
    }
  }

  /** Gives the face networks' memory back. */
  dispose(): void {
    this.#finder?.then((finder) => finder.dispose()).catch(() => undefined);
    this.#finder = undefined;
  }
}
