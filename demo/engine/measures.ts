/**
 * How near a picture is to the photo: squared error, MS-SSIM and a map of where they differ. Host arithmetic at the model's
 * reading size.
 */
import { HyperStyleError, msSsim, type PlanarPicture, planarFromRgba } from '../../src/index.ts';
import { resized } from './pictures.ts';

/** The photo's part at the size at which pictures are compared. */
export class Reference {
  readonly #image: ImageData;
  readonly #planes: PlanarPicture;

  private constructor(image: ImageData) {
    this.#image = image;
    this.#planes = planarFromRgba(image);
  }

  /** Of a picture, at `width` × `height`. */
  static async of(picture: ImageBitmap, width: number, height: number): Promise<Reference> {
    return new Reference(await resized(picture, width, height));
  }

  /** The picture at this size. */
  async #fit(picture: ImageBitmap | ImageData): Promise<ImageData> {
    return resized(picture, this.#image.width, this.#image.height);
  }

  /** MS-SSIM, 1 for equal pictures; null where pictures are too small for its window. */
  async similarity(picture: ImageBitmap | ImageData): Promise<number | null> {
    const other = planarFromRgba(await this.#fit(picture));
    try {
      return msSsim(this.#planes, other);
    } catch (error) {
      if (error instanceof HyperStyleError) return null;
      throw error;
    }
  }

  /** Mean squared error in [-1, 1]. */
  async l2(picture: ImageBitmap | ImageData): Promise<number> {
    const { data } = planarFromRgba(await this.#fit(picture));
    return data.reduce((sum, value, i) => sum + (2 * (value - (this.#planes.data[i] ?? 0))) ** 2, 0) / data.length;
  }

  /** Where the picture differs: dark where equal, through red to pale yellow at a difference of half the range. */
  async errorMap(picture: ImageBitmap | ImageData): Promise<ImageBitmap> {
    const { data, width, height } = await this.#fit(picture);
    const map = new ImageData(width, height);
    for (let at = 0; at < data.length; at += 4) {
      const channel = (c: number): number => Math.abs((data[at + c] ?? 0) - (this.#image.data[at + c] ?? 0));
      const difference = Math.min(1, (channel(0) + channel(1) + channel(2)) / (3 * 127));
      map.data.set(heat(Math.sqrt(difference)), at);
    }
    return createImageBitmap(map);
  }
}

/** Colours of the map from none to most; every one is lighter than the one before, for eyes that tell few colours. */
const STOPS = [
  [20, 14, 30],
  [110, 25, 70],
  [205, 65, 50],
  [245, 165, 60],
  [255, 250, 205],
] as const;

function heat(share: number): [number, number, number, number] {
  const at = Math.min(STOPS.length - 1.001, Math.max(0, share) * (STOPS.length - 1));
  const [low, high] = [STOPS[Math.floor(at)] ?? STOPS[0], STOPS[Math.floor(at) + 1] ?? STOPS[4]];
  const mix = (c: 0 | 1 | 2): number => Math.round(low[c] + (high[c] - low[c]) * (at % 1));
  return [mix(0), mix(1), mix(2), 255];
}
