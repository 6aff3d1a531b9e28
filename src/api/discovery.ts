/**
 * Directions without files: SeFa from the generator's own weights, GANSpace from sampled latents, and a
 * direction along which a score of the caller's rises. They are named, known to `Inversion.edit` from then on,
 * and saved as a file that `addDirections` reads back.
 */
import type { Direction } from '../editing/direction.ts';
import type { RowRange } from '../editing/edit-space.ts';
import { findDirection, type LatentSamples, principalComponents } from '../editing/samples.ts';
import { saveDirections } from '../editing/saved-directions.ts';
import { layersOfRows, sefaDirections } from '../editing/sefa.ts';
import { ensure, inWords, throwIfAborted } from '../errors.ts';
import { gaussian } from '../gaussian.ts';
import { collectTensors } from '../weights/collect.ts';
import type { InversionContext } from './inversion.ts';
import { ensureCallback, ensureOptions, ensureSignal } from './options.ts';
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

/** More samples than this only take time. */
const MAX_SAMPLES = 100_000;

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
  async sefa({ name = 'sefa', count = 5, rows }: SefaOptions = {}): Promise<readonly string[]> {
    const { space, source } = this.#context;
    const range = rows ?? [0, space.latentCount];
    const keyOf = (layer: number): string => `decoder.${space.layers[layer]?.key}.conv.modulation.weight`;
    const keys = new Set(layersOfRows(space, range).map(keyOf));
    const weights = await collectTensors(source, (key) => keys.has(key));
    const found = sefaDirections(space, (layer) => weights.get(keyOf(layer)) ?? new Float32Array(), range, count);
    return this.#add(found.map((direction, i) => ({ ...direction, name: `${name} ${i}` })));
  }

  /**
   * GANSpace (arXiv 2004.02546): principal components of sampled w.
   * @returns the new names
   * @throws `option` error for counts that do not fit or a name that is taken; `aborted`, `device`
   */
  async ganspace(options: GanspaceOptions = {}): Promise<readonly string[]> {
    ensureOptions('ganspace', options);
    const { name = 'pc', count = 8 } = options;
    const found = principalComponents(await this.#sample(options), count);
    return this.#add(found.map((direction, i) => ({ ...direction, name: `${name} ${i}` })));
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
    ensureOptions('find', options);
    ensure(
      typeof name === 'string' && name !== '',
      'option',
      () => `find: the name is ${inWords(name)}, expected a word`,
    );
    ensure(score !== undefined, 'option', 'find needs a function that scores a picture');
    ensureCallback('score', score);
    this.#ensureFree(name);
    const scores: number[] = [];
    const samples = await this.#sample(options, async (picture) => {
      scores.push(await score(picture));
    });
    const { direction, correlation } = findDirection(name, samples, scores);
    this.#add([direction]);
    return correlation;
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

  #ensureFree(name: string): void {
    ensure(
      !this.#context.directions.has(name),
      'option',
      () => `direction "${name}" exists already; choose another name`,
    );
  }

  #add(found: readonly Direction[]): string[] {
    for (const { name } of found) this.#ensureFree(name);
    for (const direction of found) this.#context.directions.set(direction.name, direction);
    return found.map(({ name }) => name);
  }

  /** Sampled latents in W; `look` sees each one's picture. */
  async #sample(
    { samples = 512, seed = 0, signal }: SampleOptions,
    look?: (picture: Picture) => Promise<void>,
  ): Promise<LatentSamples> {
    const { engine, pictures } = this.#context;
    const { state, architecture } = engine.network;
    ensureSignal(signal);
    ensure(
      Number.isInteger(samples) && samples >= 1 && samples <= MAX_SAMPLES,
      'option',
      () => `samples is ${inWords(samples)}, expected a whole number from 1 to ${MAX_SAMPLES}`,
    );
    const { styleDim: width } = architecture;
    const values = new Float32Array(samples * width);
    for (let n = 0; n < samples; n++) {
      throwIfAborted(signal);
      const picture = await engine.exclusive(async () => {
        this.#context.current = undefined;
        engine.write(state.z, gaussian(seed + n, width));
        engine.write(state.psi, Float32Array.of(1));
        if (look) engine.run('unedited', 'untune');
        engine.run('map');
        const w = new Float32Array(await engine.runtime.readback.bytes(engine.buffers.of(state.base), 4 * width));
        values.set(w, n * width);
        if (!look) return undefined;
        engine.show();
        return pictures.capture();
      });
      if (!picture) continue;
      try {
        await look?.(picture);
      } finally {
        picture.dispose();
      }
    }
    return { values, width };
  }
}
