/**
 * Which pictures a training sees in which order. Every choice is a function of the seed and of how many pictures were
 * drawn before, so that a training which goes on draws what it would have drawn.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import type { Picture } from './session.ts';

/** Pictures to learn from. */
export interface TrainingPictures {
  /** In words, for messages. */
  readonly name: string;
  /** How many there are; `Infinity` where they never end. */
  readonly count: number;
  /** Pixels of a row. */
  readonly width: number;
  /**
   * A picture `[3, h, w]` in [-1, 1], of the size that the networks read.
   * @param index from 0
   * @throws `image` or `file` error for one that cannot be used, which is then left out
   */
  read(index: number): Promise<Picture>;
  /** Its name, for messages. */
  nameOf?(index: number): string;
}

/** A picture that was left out, and why. */
export interface LeftOut {
  readonly index: number;
  readonly message: string;
}

/** MurmurHash3's finaliser of two numbers: 32 bits that look random. */
export function mixed(seed: number, n: number): number {
  let z = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(n + 1, 0xc2b2ae35)) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/** Numbers below `count` in a random order. */
export function shuffled(count: number, seed: number): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = mixed(seed, i) % (i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

/** Draws pictures in random order, every one once before any comes again. */
export class Drawing {
  readonly #pictures: TrainingPictures;
  readonly #seed: number;
  readonly #flip: boolean;
  readonly #bad = new Map<number, string>();
  readonly #onLeftOut: (left: LeftOut) => void;
  #epoch = -1;
  #order = new Uint32Array();

  /**
   * @param flip whether half of the pictures, at random, are mirrored
   * @throws `option` error when there are no pictures
   */
  constructor(
    pictures: TrainingPictures,
    {
      seed,
      flip,
      onLeftOut = () => {},
    }: { seed: number; flip: boolean; onLeftOut?: ((left: LeftOut) => void) | undefined },
  ) {
    ensure(pictures.count > 0, 'option', () => `${pictures.name}: there is no picture to learn from`);
    this.#pictures = pictures;
    this.#seed = seed;
    this.#flip = flip;
    this.#onLeftOut = onLeftOut;
  }

  /** Pictures that could not be used so far. */
  get leftOut(): LeftOut[] {
    return [...this.#bad].map(([index, message]) => ({ index, message }));
  }

  /**
   * The picture of draw `n`, from 0; the next that can be used stands in for one that cannot.
   * @throws `image` error when none can be used, what `read` throws but `image` and `file`
   */
  async draw(n: number): Promise<{ readonly index: number; readonly picture: Picture }> {
    const { count } = this.#pictures;
    for (let tried = 0; tried < Math.min(count, MOST_TRIES); tried++) {
      const index = this.#indexOf(n, tried);
      const picture = await this.#read(index);
      if (!picture) continue;
      const mirror = this.#flip && (mixed(this.#seed ^ 0x5bd1e995, n) & 1) === 1;
      return { index, picture: mirror ? mirrored(picture, this.#pictures.width) : picture };
    }
    const [first] = this.leftOut;
    throw new HyperStyleError('image', `${this.#pictures.name}: no picture can be used; the first: ${first?.message}`);
  }

  #indexOf(n: number, tried: number): number {
    const { count } = this.#pictures;
    if (!Number.isFinite(count)) return mixed(this.#seed, n + tried * 0x10001);
    const epoch = Math.floor(n / count);
    if (epoch !== this.#epoch) {
      this.#order = shuffled(count, mixed(this.#seed, epoch));
      this.#epoch = epoch;
    }
    return this.#order[((n % count) + tried) % count] ?? 0;
  }

  async #read(index: number): Promise<Picture | undefined> {
    if (this.#bad.has(index)) return undefined;
    try {
      return await this.#pictures.read(index);
    } catch (error) {
      if (!(error instanceof HyperStyleError) || !['image', 'file'].includes(error.code)) throw error;
      this.#bad.set(index, error.message);
      this.#onLeftOut({ index, message: error.message });
      return undefined;
    }
  }
}

/** A source without an end that gives nothing for so long gives nothing. */
const MOST_TRIES = 10_000;

/** A picture with left and right exchanged. @param width of its rows */
export function mirrored(picture: Picture, width: number): Picture {
  const out = picture.slice();
  for (let row = 0; row < out.length; row += width) out.subarray(row, row + width).reverse();
  return out;
}
