/**
 * StyleCLIP's tables from the authors' files, `fs3.npy` and `S_mean_std`, and Δi of two texts' embeddings; see
 * `styleclip.ts`.
 */
import { ensure, inWords } from '../errors.ts';
import { openNpy } from '../weights/npy.ts';
import type { NumpyArray } from '../weights/numpy-objects.ts';
import type { ByteSource } from '../weights/random-access.ts';
import type { EditSpace } from './edit-space.ts';
import { readStyleDeviations } from './style-deviations.ts';
import type { StyleClipTables } from './styleclip.ts';

/** The tables by their published names. */
const [EFFECTS, DEVIATIONS] = [/fs3[^/\\]*\.npy$/i, /S_mean_std[^/\\]*$/i];

/** Whether a file is one of the two tables, by its name. */
export function isStyleClipTable({ name }: ByteSource): boolean {
  return EFFECTS.test(name) || DEVIATIONS.test(name);
}

/**
 * The tables among these files; undefined where neither is there.
 * @throws `file` error for one without the other, `tensor` error for those of another generator, `pickle`
 */
export async function readStyleClipTables(
  sources: readonly ByteSource[],
  space: EditSpace,
): Promise<StyleClipTables | undefined> {
  const [effectsFile, deviationsFile] = [EFFECTS, DEVIATIONS].map((known) =>
    sources.find(({ name }) => known.test(name)),
  );
  if (!effectsFile && !deviationsFile) return undefined;
  ensure(
    effectsFile && deviationsFile,
    'file',
    () =>
      `${(effectsFile ?? deviationsFile)?.name}: StyleCLIP needs fs3.npy and S_mean_std together; give the other one too`,
  );
  const effects = await npyNumbers(effectsFile);
  ensure(
    effects.shape.length === 2,
    'tensor',
    () => `${effectsFile.name}: has shape [${effects.shape}], expected [channels, width]`,
  );
  const [, width = 0] = effects.shape;
  return { effects: effects.data, width, deviations: await readStyleDeviations(deviationsFile, space) };
}

/** One array of numbers from an `.npy` file. @throws `file` error for Python objects */
export async function npyNumbers(source: ByteSource): Promise<NumpyArray> {
  const file = await openNpy(source);
  ensure(
    file.kind === 'numbers',
    'file',
    () => `${source.name}: holds Python objects, expected one array of numbers; give a file of directions`,
  );
  return { shape: file.tensor.shape, data: await file.tensor.read() };
}

/**
 * Δi of two texts: the unit difference of their embeddings, each made a unit vector first (arXiv 2103.17249, §6).
 * @param what names the phrase in errors
 * @throws `option` error for embeddings that are no vectors of equal length, not finite, or equal
 */
export function textDifference(
  what: string,
  neutral: ArrayLike<number>,
  target: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const [from, to] = [unit(`${what}: the neutral text's embedding`, neutral), unit(`${what}: the embedding`, target)];
  ensure(
    from.length === to.length,
    'option',
    () => `${what}: embeddings have ${from.length} and ${to.length} numbers, expected equally many`,
  );
  return unit(
    `${what}: the difference of the two texts`,
    to.map((value, i) => value - (from[i] ?? 0)),
  );
}

function unit(what: string, values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const isList = typeof values === 'object' && values !== null && values.length > 0;
  ensure(isList, 'option', () => `${what} is ${inWords(values)}, expected a vector of numbers`);
  const length = Math.hypot(...Array.from(values));
  ensure(
    length > 0 && Number.isFinite(length),
    'option',
    () => `${what} has length ${length}: encode two texts that differ, in finite numbers`,
  );
  return Float32Array.from(values, (value) => value / length);
}
