/** Files that callers hand over: dropped, picked, or opened by a command. `edit-sources.ts` reads them. */
import { ensure, inWords } from '../errors.ts';
import { type ByteSource, blobSource, isByteSource } from '../weights/random-access.ts';

/** A file that was dropped, picked or opened by a command. */
export type EditFile = File | ByteSource;

/** A generator: a checkpoint (`g_ema`, or a HyperStyle file's), or the address or files of a converted folder. */
export type GeneratorSource = EditFile | string | URL | readonly EditFile[];

/** A file as ranges of bytes. @throws `option` error for anything else */
export function fileSource(file: unknown): ByteSource {
  if (typeof File !== 'undefined' && file instanceof File) return blobSource(file);
  ensure(isByteSource(file), 'option', () => `a file is ${inWords(file)}, expected a File or a source of bytes`);
  return file;
}
