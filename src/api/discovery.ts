/**
 * Directions that are computed: SeFa from the generator's own weights, GANSpace from sampled latents, a direction along
 * which a score of the caller's rises, and phrases of StyleCLIP by a text encoder of the caller's. They are named,
 * known to `Inversion.edit` from then on, and saved as a file that `addDirections` reads back. What finds them,
 * `find-directions.ts`, is loaded when it is first asked for.
 */
import type { Direction } from '../editing/direction.ts';
import type { RowRange } from '../editing/edit-space.ts';
import { saveDirections } from '../editing/saved-directions.ts';
import { ensure, imported } from '../errors.ts';
import type { EditFile } from './edit-file.ts';
import type { InversionContext } from './model-context.ts';
import type { Phrase, TextEncoder } from './phrases.ts';
import type { Picture } from './public.ts';

/** Options of {@link Discovery.sefa}. */
export interface SefaOptions {
  /** The new directions are called `NAME 0`, `NAME 1`, …; default `sefa`. */
  readonly name?: string | undefined;
  /** How many; default 5. */
  readonly count?: number | undefined;
  /** Latent rows [from, to) whose layers count, and that are moved; default all. */
  readonly rows?: RowRange | undefined;
}

/** Options of what samples latents. */
export interface SampleOptions {
  /** Latents that are drawn; default 512. */
  readonly samples?: number | undefined;
  /** The first of the seeds of z; default 0. */
  readonly seed?: number | undefined;
  /** Stops between two samples. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Discovery.ganspace}. */
export interface GanspaceOptions extends SampleOptions {
  /**
   * The new directions are called `NAME 0`, …; default `pc`. Amounts are absolute: where the latent shall lie, in
   * deviations.
   */
  readonly name?: string | undefined;
  /** Components; default 8. */
  readonly count?: number | undefined;
}

const search = (): Promise<typeof import('./find-directions.ts')> => imported(import('./find-directions.ts'));

/** Finds directions of one model. */
export class Discovery {
  readonly #context: InversionContext;

  /** @internal */
  constructor(context: InversionContext) {
    this.#context = context;
  }

  /**
   * SeFa (arXiv 2007.06600): what a latent can change most, read off the modulation weights; an amount of 1 moves one unit.
   * @returns the new names
   * @throws `option` error for rows or counts that do not exist or a name that is taken; errors of the weights' source
   */
  async sefa(options: SefaOptions = {}): Promise<readonly string[]> {
    return (await search()).sefa(this.#context, options);
  }

  /**
   * GANSpace (arXiv 2004.02546): principal components of sampled w.
   * @returns the new names
   * @throws `option` error for counts that do not fit or a name that is taken; `aborted`, `device`
   */
  async ganspace(options: GanspaceOptions = {}): Promise<readonly string[]> {
    return (await search()).ganspace(this.#context, options);
  }

  /**
   * A direction along which `score` rises (InterFaceGAN's boundary): pictures of sampled latents are scored,
   * and a boundary is fitted; an amount of 1 is one deviation of the samples along it.
   * @param score of a picture, which is disposed of afterwards: more means more of the attribute
   * @returns how well the direction tells the samples apart: the correlation, 0 to 1
   * @throws `option` error for too few samples, scores that are NaN or all equal, or a name that is taken; `aborted`, `device`
   */
  async find(
    name: string,
    score: (picture: Picture) => number | Promise<number>,
    options: SampleOptions = {},
  ): Promise<number> {
    return (await search()).find(this.#context, name, score, options);
  }

  /**
   * StyleCLIP's global directions (arXiv 2103.17249) of phrases, by the authors' tables and a text encoder of the
   * caller's. Who has Δi already gives its file to `addDirections` instead.
   * @param tables `fs3.npy` and `S_mean_std`
   * @returns the new names
   * @throws `option` error for phrases without texts, texts that do not differ, or a name that is taken; `file`,
   * `pickle`, `tensor`
   *   errors of the tables; what the encoder throws
   */
  async phrases(
    tables: readonly EditFile[],
    phrases: Readonly<Record<string, Phrase>>,
    encode: TextEncoder,
  ): Promise<readonly string[]> {
    return (await search()).phrases(this.#context, tables, phrases, encode);
  }

  /**
   * Directions as a safetensors file that `addDirections` reads back.
   * @param names some of `HyperStyle.directions`; all when absent
   * @throws `option` error for an unknown name
   */
  save(names?: readonly string[]): Uint8Array<ArrayBuffer> {
    const { directions } = this.#context;
    const chosen = names ?? [...directions.keys()];
    const found = chosen.map((name): Direction => {
      const direction = directions.get(name);
      ensure(direction, 'option', () => `save: no direction "${name}", there are ${[...directions.keys()].join(', ')}`);
      return direction;
    });
    return saveDirections(found);
  }
}
