/**
 * The files of the authors' Python tools: `latents.npy`, `weight_deltas/NAME.npy`, and a person's generator as
 * a `g_ema` checkpoint. `editing/exchange.ts` knows the `.npy` formats, `weights/generator-writer.ts` the
 * checkpoint's.
 */
import { deltaShape, readLatents, readWeightDeltas, writeLatents, writeWeightDeltas } from '../editing/exchange.ts';
import { ensure, inWords } from '../errors.ts';
import { DISPOSE_LATE } from '../runtime/patience.ts';
import { collectTensors } from '../weights/collect.ts';
import { writeGenerator } from '../weights/generator-writer.ts';
import { AVERAGE_LATENT, isOfGenerator } from '../weights/unified-keys.ts';
import { type EditFile, fileSource } from './edit-sources.ts';
import { type EditOptions, Inversion, type InversionContext } from './inversion.ts';
import { keepGiven } from './keep-person.ts';
import { PivotedPerson } from './pivoted.ts';

/** The part of a path that names a picture: without folder and ending, as the authors cut it. */
const stem = (path: string): string => path.replace(/^.*[\\/]/, '').split('.')[0] ?? path;

/** People and generators in and out, of one model. */
export class Exchange {
  readonly #context: InversionContext;

  /** @internal */
  constructor(context: InversionContext) {
    this.#context = context;
  }

  /**
   * `latents.npy` of people by picture name.
   * @throws `option` error for what is no inversion of this model; `device`
   */
  async latents(people: Readonly<Record<string, Inversion>>): Promise<Uint8Array<ArrayBuffer>> {
    const found = new Map<string, Float32Array<ArrayBuffer>>();
    for (const [name, person] of Object.entries(people)) {
      Inversion.ensureOf(this.#context, name, person);
      found.set(name, Float32Array.from((await person.values()).base));
    }
    return writeLatents(found, this.#context.space);
  }

  /** `weight_deltas/NAME.npy` of one person, ΣΔ of every tuned layer. Errors as `Inversion.weightOffsets`. */
  async weightDeltas(person: Inversion, options: EditOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    Inversion.ensureOf(this.#context, 'weightDeltas: the person', person);
    const { space } = this.#context;
    const offsets = await person.weightOffsets(options);
    const arrays = space.layers.map((_, i) => {
      const data = offsets.get(i);
      return data ? { shape: deltaShape(space, i), data: Float32Array.from(data) } : null;
    });
    return writeWeightDeltas(arrays, space);
  }

  /**
   * The person's own generator as a checkpoint `{g_ema, latent_avg}` that StyleGAN2's Python tools load: θ·(1 + ΣΔ)
   * of an inversion, θ + δ of a tuned person. The weights are read from where the model came from once more.
   * @throws `option` error as `Inversion.weightOffsets`, `tensor` for weights kept as int8, errors of the
   *   source; `device`, `memory`
   */
  async generator(person: Inversion | PivotedPerson, options: EditOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    if (person instanceof PivotedPerson) {
      person.ensureOf(this.#context, 'generator: the person');
      return this.#written(person.weightsMoved(options), (value, moved) => value + moved);
    }
    Inversion.ensureOf(this.#context, 'generator: the person', person);
    const offsets = await person.weightOffsets(options);
    const { layers } = this.#context.space;
    const byKey = [...offsets].map(([i, delta]): [string, Float32Array] => [
      `decoder.${layers[i]?.key}.conv.weight`,
      delta,
    ]);
    return this.#written(new Map(byKey), (value, offset) => value * (1 + offset));
  }

  /** The model's generator with some of its weights changed, as a checkpoint. @param by what each changes by, by key */
  async #written(
    by: ReadonlyMap<string, Float32Array>,
    changed: (value: number, by: number) => number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { source } = this.#context;
    const wanted = (name: string): boolean => isOfGenerator(name) || name === AVERAGE_LATENT;
    const weights = await collectTensors(source, wanted);
    for (const [key, amounts] of by) {
      const values = weights.get(key);
      values?.forEach((value, i) => {
        values[i] = changed(value, amounts[i] ?? 0);
      });
    }
    return writeGenerator(source.architecture, weights);
  }

  /**
   * People from the authors' results: `latents.npy`, and offsets for those that have a file of `weight_deltas` (matched by name).
   * They are shown, edited and exported like others; an identity needs codes, which these files do not hold.
   * @throws `file`, `pickle`, `tensor` errors of files that are none or another generator's, `option` for
   *   offsets of nobody or of a layer that this model does not tune; `device`, `memory`
   */
  async importPeople(latents: EditFile, deltas: readonly EditFile[] = []): Promise<Map<string, Inversion>> {
    ensure(Array.isArray(deltas), 'option', () => `importPeople got ${inWords(deltas)}, expected a list of files`);
    const { space, engine } = this.#context;
    const bases = await readLatents(fileSource(latents), space);
    const offsets = new Map<string, Map<number, Float32Array>>();
    const names = new Map([...bases.keys()].map((name) => [stem(name), name]));
    for (const file of deltas) {
      const source = fileSource(file);
      const name = names.get(stem(source.name));
      ensure(
        name !== undefined,
        'option',
        () => `${source.name}: nobody in the latents is called so; they are of ${[...bases.keys()].join(', ')}`,
      );
      const arrays = await readWeightDeltas(source, space);
      const found = new Map(arrays.flatMap((array, i): [number, Float32Array][] => (array ? [[i, array.data]] : [])));
      const { tunedLayers } = engine.network.generator;
      for (const layer of found.keys())
        ensure(
          tunedLayers.includes(layer),
          'option',
          () => `${source.name}: has offsets of layer ${layer}, this model tunes ${tunedLayers.join(', ')}`,
        );
      offsets.set(name, found);
    }
    const people = new Map<string, Inversion>();
    try {
      for (const [name, base] of bases) {
        const keep = () => keepGiven(this.#context, base, offsets.get(name) ?? new Map());
        const person = await engine.exclusive(keep, DISPOSE_LATE);
        people.set(name, person);
        await person.edit({});
      }
    } catch (error) {
      for (const person of people.values()) person.dispose();
      throw error;
    }
    return people;
  }
}
