/** What `discovery.ts` offers, done: directions without files. */
import type { Direction } from '../editing/direction.ts';
import { findDirection, type LatentSamples, principalComponents } from '../editing/samples.ts';
import { layersOfRows, sefaDirections } from '../editing/sefa.ts';
import { ensure, ensureOptions, ensureSignal, inWords, throwIfAborted } from '../errors.ts';
import { SAMPLES_TOGETHER, sampleLatents } from '../method/sample-latents.ts';
import { collectTensors } from '../weights/collect.ts';
import type { GanspaceOptions, SampleOptions, SefaOptions } from './discovery.ts';
import type { EditFile } from './edit-file.ts';
import type { InversionContext } from './model-context.ts';
import { ensureCallback } from './options.ts';
import { type Phrase, phraseDirections, type TextEncoder } from './phrases.ts';
import type { Picture } from './public.ts';

/** More samples than this only take time. */
const MAX_SAMPLES = 100_000;

/** See `Discovery.sefa`. */
export async function sefa(context: InversionContext, options: SefaOptions): Promise<readonly string[]> {
  ensureOptions('sefa', options);
  const { name = 'sefa', count = 5, rows } = options;
  const { space, source } = context;
  const range = rows ?? [0, space.latentCount];
  const keyOf = (layer: number): string => `decoder.${space.layers[layer]?.key}.conv.modulation.weight`;
  const keys = new Set(layersOfRows(space, range).map(keyOf));
  const weights = await collectTensors(source, (key) => keys.has(key));
  const found = sefaDirections(space, (layer) => weights.get(keyOf(layer)) ?? new Float32Array(), range, count);
  return add(
    context,
    found.map((direction, i) => ({ ...direction, name: `${name} ${i}` })),
  );
}

/** See `Discovery.phrases`. */
export async function phrases(
  context: InversionContext,
  tables: readonly EditFile[],
  wanted: Readonly<Record<string, Phrase>>,
  encode: TextEncoder,
): Promise<readonly string[]> {
  return add(context, [...(await phraseDirections(context.space, tables, wanted, encode)).values()]);
}

/** See `Discovery.ganspace`. */
export async function ganspace(context: InversionContext, options: GanspaceOptions): Promise<readonly string[]> {
  ensureOptions('ganspace', options);
  const { name = 'pc', count = 8 } = options;
  const found = principalComponents(await sampled(context, options), count);
  return add(
    context,
    found.map((direction, i) => ({ ...direction, name: `${name} ${i}` })),
  );
}

/** See `Discovery.find`. */
export async function find(
  context: InversionContext,
  name: string,
  score: (picture: Picture) => number | Promise<number>,
  options: SampleOptions,
): Promise<number> {
  ensureOptions('find', options);
  ensure(
    typeof name === 'string' && name !== '',
    'option',
    () => `find: the name is ${inWords(name)}, expected a word`,
  );
  ensure(score !== undefined, 'option', 'find needs a function that scores a picture');
  ensureCallback('score', score);
  ensureFree(context, name);
  const scores: number[] = [];
  const samples = await sampled(context, options, async (picture) => {
    scores.push(await score(picture));
  });
  const { direction, correlation } = findDirection(name, samples, scores);
  add(context, [direction]);
  return correlation;
}

function ensureFree({ directions }: InversionContext, name: string): void {
  ensure(!directions.has(name), 'option', () => `direction "${name}" exists already; choose another name`);
}

function add(context: InversionContext, found: readonly Direction[]): string[] {
  for (const { name } of found) ensureFree(context, name);
  for (const direction of found) context.directions.set(direction.name, direction);
  return found.map(({ name }) => name);
}

/** Sampled latents in W; `look` sees each one's picture. */
async function sampled(
  context: InversionContext,
  { samples = 512, seed = 0, signal }: SampleOptions,
  look?: (picture: Picture) => Promise<void>,
): Promise<LatentSamples> {
  const { engine, pictures } = context;
  const { architecture } = engine.network;
  ensureSignal(signal);
  ensure(
    Number.isInteger(samples) && samples >= 1 && samples <= MAX_SAMPLES,
    'option',
    () => `samples is ${inWords(samples)}, expected a whole number from 1 to ${MAX_SAMPLES}`,
  );
  const { styleDim: width } = architecture;
  const values = new Float32Array(samples * width);
  const together = look ? 1 : SAMPLES_TOGETHER; // between them others have their turn
  for (let n = 0; n < samples; n += together) {
    throwIfAborted(signal);
    const picture = await engine.exclusive(async () => {
      context.current = undefined;
      if (look) engine.run('unedited', 'untune');
      const rows = await sampleLatents(engine, seed + n, Math.min(together, samples - n));
      for (const [i, w] of rows.entries()) values.set(w, (n + i) * width);
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
