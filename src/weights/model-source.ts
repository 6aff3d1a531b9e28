/** Where a model comes from, as callers say it; `model-folder.ts` opens it. */
import { ensure, inWords } from '../errors.ts';
import type { ByteSource } from './random-access.ts';

/** A model folder: its address (or that of its model.json), or its files, dropped, chosen or opened by a command. */
export type ModelSource = string | URL | readonly (File | ByteSource)[];

/** @throws `option` error for what is neither a model's address nor files */
export function checkModelSource(source: unknown): asserts source is ModelSource {
  const files = Array.isArray(source) && source.length > 0;
  ensure(
    files || typeof source === 'string' || source instanceof URL,
    'option',
    () =>
      `the model is ${Array.isArray(source) ? 'a list without files' : inWords(source)}, ` +
      'expected its address or the files of its folder',
  );
}
