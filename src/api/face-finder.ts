/**
 * The public object of the faces part: finds faces in photos as people have them, cuts aligned pictures out as
 * FFHQ does, and puts edited ones back. It needs no generator. `HyperStyle.invert` uses one by `align: 'auto'`.
 */
import { ensure, ensureOptions, ensureSignal, inWords, throwIfAborted } from '../errors.ts';
import { type AlignmentPlan, planAlignment } from '../faces/alignment.ts';
import { resizeLanczos } from '../faces/lanczos.ts';
import { type PasteOptions, paste } from '../faces/paste.ts';
import { facePlacement, type Placement, placementMatrix } from '../faces/placement.ts';
import { meshOval } from '../faces/points.ts';
import { preparePhoto } from '../faces/prepare.ts';
import { checkQuad, type Quad, scaledMatrix } from '../faces/square.ts';
import { type FaceModels, FaceNetworks } from '../method/face-networks.ts';
import { type Face, type FindOptions, type FoundFaces, findFaces } from '../method/find-faces.ts';
import { type DeviceOptions, type OpenDevice, openDevice } from '../runtime/device.ts';
import { DISPOSE_LATE, patiently } from '../runtime/patience.ts';
import { type MemoryUse, Runtime } from '../runtime/runtime.ts';
import { type FaceSource, readFaceModel } from './face-files.ts';
import { photoPixels } from './photo-pixels.ts';
import type { PictureSource, RgbaPixels } from './picture-source.ts';

/** Options of {@link FaceFinder.load} besides those of the device. */
export interface FaceLoadOptions {
  /** Stops loading. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link FaceFinder.align}. */
export interface AlignOptions {
  /** Side of the aligned picture; default 1024. */
  readonly size?: number | undefined;
  /** Draws four times as fine and filters down, as NVIDIA made FFHQ. HyperStyle's own script does not. */
  readonly supersample?: boolean | undefined;
}

/** A picture that was cut out of a photo, and the way back. */
export interface CutPicture {
  /** What was cut out, as pixels. */
  readonly picture: RgbaPixels & { readonly data: Uint8ClampedArray };
  /** Where it lies in the photo; good for `pasteFace`. */
  readonly placement: Placement;
}

/** An aligned face. */
export interface AlignedPicture extends CutPicture {
  readonly plan: AlignmentPlan;
}

/** How many times finer the supersampled form is drawn. */
const SUPERSAMPLING = 4;
/** Folder names of the two networks. */
const FILES = { detector: 'blazeface', mesh: 'facemesh' } as const;

async function readModels(source: FaceSource): Promise<FaceModels> {
  const [detector, mesh] = await Promise.all([
    readFaceModel(source, FILES.detector),
    readFaceModel(source, FILES.mesh),
  ]);
  return { detector, mesh };
}

/**
 * The networks on a runtime, for as long as somebody waits for them: the caller may stop, the GPU be lost or
 * the runtime disposed of.
 */
function loadNetworks(source: FaceSource, runtime: Runtime, signal?: AbortSignal | undefined): Promise<FaceNetworks> {
  const work = async (over: AbortSignal): Promise<FaceNetworks> => {
    const models = await readModels(source);
    throwIfAborted(over);
    return FaceNetworks.load(runtime, models, over);
  };
  return runtime.life.during(work, { signal, ...DISPOSE_LATE });
}

/** Finds, aligns and pastes faces on one device. */
export class FaceFinder {
  readonly #networks: FaceNetworks;
  readonly #runtime: Runtime;
  readonly #owned: boolean;

  private constructor(networks: FaceNetworks, runtime: Runtime, owned: boolean) {
    this.#networks = networks;
    this.#runtime = runtime;
    this.#owned = owned;
  }

  /**
   * Loads the two face networks (2 MB).
   * @throws `network` and `file` errors when a model is missing or damaged, `device`, `memory`, `aborted`
   */
  static async load(source: FaceSource, options: DeviceOptions & FaceLoadOptions = {}): Promise<FaceFinder> {
    ensureOptions('FaceFinder.load', options);
    const { signal } = options;
    ensureSignal(signal);
    throwIfAborted(signal);
    const opening = openDevice(options);
    const discard = (opened: OpenDevice): void => (opened.owned ? opened.device.destroy() : undefined);
    const runtime = new Runtime(await patiently(opening, { signal, discard }));
    try {
      return new FaceFinder(await loadNetworks(source, runtime, signal), runtime, true);
    } catch (error) {
      runtime.dispose();
      throw error;
    }
  }

  /** The same beside what a runtime has mounted already. @internal */
  static async mount(source: FaceSource, runtime: Runtime): Promise<FaceFinder> {
    return new FaceFinder(await loadNetworks(source, runtime), runtime, false);
  }

  /** What the GPU adapter calls itself. */
  get adapter(): string {
    return this.#runtime.opened.adapterName;
  }

  /** GPU memory in bytes, of everything on the device that this finder runs on. */
  memory(): MemoryUse {
    return this.#runtime.memory();
  }

  /** @internal The networks below, for benches. */
  get networks(): FaceNetworks {
    return this.#networks;
  }

  /** Floating-point operations of one detection and of one mesh. */
  get flops(): { readonly detect: number; readonly mesh: number } {
    return this.#networks.flops;
  }

  /** Faces of a photo, largest first; none is no error. @throws `image` error for an unusable photo, `option`, `device` */
  async find(photo: PictureSource, options: FindOptions = {}): Promise<FoundFaces> {
    ensureOptions('findFaces', options);
    const { small = 'auto', most = 1 } = options;
    ensure(
      ['auto', 'always', 'never'].includes(small),
      'option',
      () => `small is "${String(small)}", expected auto, always or never`,
    );
    ensure(
      typeof most === 'number' && most >= 1,
      'option',
      () => `most is ${inWords(most)}, expected a number of faces from 1`,
    );
    const pixels = await photoPixels(photo);
    return this.#runtime.exclusive(() => findFaces(this.#networks, pixels, options));
  }

  /**
   * Cuts an aligned picture out of a photo, to the pixel as FFHQ's script does.
   * @param face one of {@link find}'s, or a square of your own
   * @throws `option` error for a bad square or size, `image` error when the square lies outside
   */
  async align(photo: PictureSource, face: Face | Quad, options: AlignOptions = {}): Promise<AlignedPicture> {
    const { size = 1024, supersample = false } = options;
    const quad = 'quad' in face ? face.quad : checkQuad(face);
    const pixels = await photoPixels(photo);
    const plan = planAlignment(quad, pixels, size);
    const prepared = preparePhoto(pixels, plan);
    const fineness = supersample ? SUPERSAMPLING : 1;
    const map = scaledMatrix(plan.toInside, 1 / fineness);
    const whole = await this.#runtime.exclusive(() => this.#networks.draw(prepared, map, size * fineness));
    const box = { left: 0, top: 0, right: size, bottom: size };
    const picture = supersample ? resizeLanczos(whole, size, size, box) : whole;
    const placement = facePlacement(plan);
    return { picture: { ...picture, data: new Uint8ClampedArray(picture.data) }, placement, plan };
  }

  /** Gives its memory back, and the device when it was opened here. */
  dispose(): void {
    this.#networks.dispose();
    if (this.#owned) this.#runtime.dispose();
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Options of {@link pasteFace}. */
export interface PasteFaceOptions extends Omit<PasteOptions, 'outline'> {
  /** Limits what is pasted to the face's outline, instead of the whole square. */
  readonly outline?: Face | readonly (readonly [number, number])[] | undefined;
}

/** How far a pasted picture's ratio may be off: rounding of a result to whole pixels. */
const RATIO_SLACK = 0.02;

/**
 * A photo with a picture that was cut out of it, edited or inverted, put back where it came from, at the
 * photo's full resolution; the rest of the photo stays bit for bit. The picture may have another size than the
 * one that was cut out.
 * @param cut what {@link FaceFinder.align} gave for this photo
 * @throws `image` error for unusable pictures, another photo, or a picture of another form; `option` for a
 *   feather beyond 0 to 0.5
 */
export async function pasteFace(
  photo: PictureSource,
  picture: PictureSource,
  cut: Pick<CutPicture, 'placement'>,
  options: PasteFaceOptions = {},
): Promise<RgbaPixels & { readonly data: Uint8ClampedArray }> {
  const { placement } = Object(cut) as Partial<typeof cut>;
  ensure(
    placement && Object(placement.photo) === placement.photo && Array.isArray(placement.matrix),
    'option',
    () => `pasteFace got ${inWords(cut)} as the third argument, expected what align gave, with its placement`,
  );
  ensureOptions('pasteFace', options);
  const { outline, feather = 0 } = options;
  ensure(feather >= 0 && feather <= 0.5, 'option', () => `feather is ${inWords(feather)}, expected 0 to 0.5`);
  const [whole, part] = await Promise.all([photoPixels(photo), photoPixels(picture)]);
  const { photo: made, picture: was } = placement;
  const ratio = (part.width * was.height) / (part.height * was.width);
  ensure(
    Math.abs(ratio - 1) <= RATIO_SLACK,
    'image',
    () =>
      `the picture to paste is ${part.width}×${part.height} px, ` +
      `the one that was cut out ${was.width}×${was.height}: give it the same form`,
  );
  ensure(
    made.width === whole.width && made.height === whole.height,
    'image',
    () =>
      `the photo is ${whole.width}×${whole.height} px, ` +
      `the picture was cut out of one of ${made.width}×${made.height}: pass that one`,
  );
  const polygon = outline && ('mesh' in outline ? meshOval(outline.mesh) : outline);
  const pasted = paste(whole, part, placementMatrix(placement, part), { ...options, outline: polygon });
  return { ...pasted, data: new Uint8ClampedArray(pasted.data) };
}
