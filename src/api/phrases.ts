/** Phrases as edit directions: StyleCLIP's tables, and two texts that a caller's encoder turns into vectors of CLIP's space. */
import type { Direction } from '../editing/direction.ts';
import type { EditSpace } from '../editing/edit-space.ts';
import { globalDirection } from '../editing/styleclip.ts';
import { readStyleClipTables, textDifference } from '../editing/styleclip-files.ts';
import { ensure, ensureOptions, inWords } from '../errors.ts';
import { type EditFile, fileSource } from './edit-file.ts';
import { ensureCallback } from './options.ts';

/** What a phrase leads from and to, e.g. `face with hair` and `face with long hair`. */
export interface Phrase {
  readonly neutral: string;
  readonly target: string;
  /** β: channels of less relevance stay; default 0.13, the authors'. An edit may name another. */
  readonly beta?: number | undefined;
}

/**
 * A text's vector in the space that `fs3.npy` was made in (CLIP ViT-B/32 in the published one). Who wants the authors' prompt
 * templates averages over them here.
 */
export type TextEncoder = (text: string) => ArrayLike<number> | Promise<ArrayLike<number>>;

/**
 * Directions of phrases by name.
 * @throws `option` error for phrases without texts or texts that do not differ; `file`, `pickle`, `tensor` errors of the tables;
 *   what the encoder throws
 */
export async function phraseDirections(
  space: EditSpace,
  files: readonly EditFile[],
  phrases: Readonly<Record<string, Phrase>>,
  encode: TextEncoder,
): Promise<Map<string, Direction>> {
  ensure(Array.isArray(files), 'option', () => `phrases got ${inWords(files)}, expected fs3.npy and S_mean_std`);
  ensureOptions('phrases', phrases);
  ensure(encode !== undefined, 'option', 'phrases needs a function that encodes a text');
  ensureCallback('encode', encode);
  const tables = await readStyleClipTables(files.map(fileSource), space);
  ensure(tables, 'file', 'phrases: neither fs3.npy nor S_mean_std is among the files; give both');
  const found = new Map<string, Direction>();
  for (const [name, phrase] of Object.entries(phrases)) {
    const { neutral, target, beta } = phrase ?? {};
    ensure(
      [neutral, target].every((text) => typeof text === 'string' && text.trim() !== ''),
      'option',
      () => `phrase "${name}": needs two texts, neutral and target, such as "face" and "smiling face"`,
    );
    const what = `phrase "${name}"`;
    const deltaI = textDifference(what, await encode(neutral), await encode(target));
    found.set(name, globalDirection(space, tables, deltaI, { name, beta }));
  }
  return found;
}
