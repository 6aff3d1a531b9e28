/** The engine's section for directions without files: SeFa, GANSpace, and directions along which a score of the picture rises. */
import { HyperStyleError, type Picture } from '../../src/index.ts';
import type { MadeFile, OnProgress, Score } from './facts.ts';
import { isSoftware } from './model-part.ts';
import { imageOf, resized } from './pictures.ts';
import type { Session } from './session.ts';
import { smileOf } from './smile.ts';

/** Sampled pictures. More take longer and say little more; where the CPU computes, each takes seconds. */
const [SAMPLES, SAMPLES_ON_CPU] = [160, 32];
/** Components and SeFa directions that are added at a time. */
const COUNT = 5;
/** Side at which faces are looked for in generated pictures: the shipped model's are small. */
const FACE_SIDE = 256;

/** Finds directions. */
export class DiscoveryPart {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** What a latent can change most, read off the modulation weights of some layers. @returns the new names */
  async sefa(rows: readonly [number, number] | null): Promise<readonly string[]> {
    const name = rows ? `sefa ${rows[0]}–${rows[1]}` : 'sefa';
    return this.#session.job(() =>
      this.#session.model.discovery.sefa({ name, count: COUNT, ...(rows ? { rows } : {}) }),
    );
  }

  /** Principal components of sampled latents. @returns the new names */
  async ganspace(): Promise<readonly string[]> {
    return this.#session.job((signal) => this.#session.model.discovery.ganspace({ count: COUNT, signal }));
  }

  /** A direction along which `score` rises. @returns its name, and how well it tells the samples apart, 0 to 1 */
  async find(score: Score, onProgress: OnProgress): Promise<{ name: string; correlation: number }> {
    return this.#session.job(async (signal) => {
      const { model } = this.#session;
      const name = freeName(`found ${score}`, model.directions);
      const samples = isSoftware(model.adapter) ? SAMPLES_ON_CPU : SAMPLES;
      const scored = new Scores(score, (picture) => this.#smile(picture));
      let done = 0;
      const told = async (picture: Picture): Promise<number> => {
        const value = await scored.of(picture);
        done++;
        if (done % 8 === 0) await onProgress({ phase: `Looking for ${score}`, done, total: samples });
        return value;
      };
      const correlation = await model.discovery.find(name, told, { samples, signal });
      return { name, correlation };
    });
  }

  /**
   * The directions that the model did not bring, as a file that can be dropped on the page again.
   * @throws `option` error when there are none
   */
  save(): MadeFile {
    const { model, addedDirections: added } = this.#session;
    if (added.length === 0) {
      throw new HyperStyleError('option', 'no slider was added to those of the model yet: find or open one first');
    }
    return { blob: new Blob([model.discovery.save(added)]), name: 'directions.safetensors' };
  }

  /** Undefined where no face is found. */
  async #smile(picture: Picture): Promise<number | undefined> {
    const large = await resized(await imageOf(picture), FACE_SIDE, FACE_SIDE);
    const { faces } = await this.#session.model.findFaces(large, { small: 'never', most: 1 });
    return faces[0] && smileOf(faces[0].mesh);
  }
}

/** `wanted`, or with the first number behind it that is free. */
function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let n = 2; taken.includes(name); n++) name = `${wanted} ${n}`;
  return name;
}

/** Scores of pictures; one that cannot be scored counts as the mean of those before it, which moves no boundary. */
class Scores {
  readonly #score: Score;
  readonly #smile: (picture: Picture) => Promise<number | undefined>;
  #sum = 0;
  #found = 0;
  #asked = 0;

  constructor(score: Score, smile: (picture: Picture) => Promise<number | undefined>) {
    this.#score = score;
    this.#smile = smile;
  }

  /** @throws `image` error when hardly any picture can be scored */
  async of(picture: Picture): Promise<number> {
    const value = await this.#value(picture);
    this.#asked++;
    if (value !== undefined) {
      this.#sum += value;
      this.#found++;
      return value;
    }
    if (this.#asked >= 24 && this.#found < this.#asked / 4) {
      throw new HyperStyleError(
        'image',
        `faces were found in only ${this.#found} of the model's first ${this.#asked} pictures: smiles cannot be scored; ` +
          'look for brightness or colour instead',
      );
    }
    return this.#found > 0 ? this.#sum / this.#found : 0;
  }

  async #value(picture: Picture): Promise<number | undefined> {
    if (this.#score === 'smile') return this.#smile(picture);
    const { data } = await imageOf(picture);
    return this.#score === 'brightness' ? brightness(data) : colourfulness(data);
  }
}

/** Mean luma, 0 to 255. */
export function brightness(data: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    sum += 0.299 * (data[i] ?? 0) + 0.587 * (data[i + 1] ?? 0) + 0.114 * (data[i + 2] ?? 0);
  }
  return (4 * sum) / data.length;
}

/** Mean distance between the largest and the smallest channel, 0 to 255. */
export function colourfulness(data: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0];
    sum += Math.max(r, g, b) - Math.min(r, g, b);
  }
  return (4 * sum) / data.length;
}
