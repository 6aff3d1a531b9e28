/** What `exchange.ts` offers, done: people and generators of one model in and out of the authors' files. */
import { deltaShape, readLatents, readWeightDeltas, writeLatents, writeWeightDeltas } from '../editing/exchange.ts';
import { ensure, inWords } from '../errors.ts';
import { DISPOSE_LATE } from '../runtime/patience.ts';
import { collectTensors } from '../weights/collect.ts';
import { writeGenerator } from '../weights/generator-writer.ts';
import { AVERAGE_LATENT, isOfGenerator } from '../weights/unified-keys.ts';
import { type EditFile, fileSource } from './edit-file.ts';
import type { BaseLatents } from './exchange.ts';
import { Inversion } from './inversion.ts';
import { keepGiven } from './keep-given.ts';
import type { InversionContext } from './model-context.ts';
import { PivotedPerson } from './pivoted.ts';
import type { EditOptions } from './public.ts';

/** The part of a path that names a picture: without folder and ending, as the authors cut it. */
const stem = (path: string): string => path.replace(/^.*[\\/]/, '').split('.')[0] ?? path;

/** See `Exchange.latents`. */
export async function latents(
  context: InversionContext,
  people: Readonly<Record<string, Inversion | BaseLatents>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const found = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, person] of Object.entries(people)) {
    const isBase = typeof person === 'object' && person !== null && 'base' in person;
    if (!isBase) Inversion.ensureOf(context, name, person);
    const { base } = isBase ? person : await person.values();
    found.set(name, Float32Array.from(base));
  }
  return writeLatents(found, context.space);
}

/** See `Exchange.weightDeltas`. */
export async function weightDeltas(
  context: InversionContext,
  person: Inversion,
  options: EditOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  Inversion.ensureOf(context, 'weightDeltas: the person', person);
  const { space } = context;
  const offsets = await person.weightOffsets(options);
  const arrays = space.layers.map((_, i) => {
    const data = offsets.get(i);
    return data ? { shape: deltaShape(space, i), data: Float32Array.from(data) } : null;
  });
  return writeWeightDeltas(arrays, space);
}

/** See `Exchange.generator`. */
export async function generator(
  context: InversionContext,
  person: Inversion | PivotedPerson,
  options: EditOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (person instanceof PivotedPerson) {
    person.ensureOf(context, 'generator: the person');
    return written(context, person.weightsMoved(options), (value, moved) => value + moved);
  }
  Inversion.ensureOf(context, 'generator: the person', person);
  const offsets = await person.weightOffsets(options);
  const { layers } = context.space;
  const byKey = [...offsets].map(([i, delta]): [string, Float32Array] => [
    `decoder.${layers[i]?.key}.conv.weight`,
    delta,
  ]);
  return written(context, new Map(byKey), (value, offset) => value * (1 + offset));
}

/** The model's generator with some of its weights changed, as a checkpoint. @param by what each changes by, by key */
async function written(
  context: InversionContext,
  by: ReadonlyMap<string, Float32Array>,
  changed: (value: number, by: number) => number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { source } = context;
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

/** See `Exchange.importPeople`. */
export async function importPeople(
  context: InversionContext,
  latents: EditFile,
  deltas: readonly EditFile[] = [],
): Promise<Map<string, Inversion>> {
  ensure(Array.isArray(deltas), 'option', () => `importPeople got ${inWords(deltas)}, expected a list of files`);
  const { space, engine } = context;
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
      const keep = () => keepGiven(context, base, offsets.get(name) ?? new Map());
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
