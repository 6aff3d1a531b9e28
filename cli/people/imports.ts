/** The authors' results as people of a command: `latents.npy`, and files of `weight_deltas` beside it or named by an option. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ensure } from '../../src/errors.ts';
import type { Mount } from '../static-files.ts';
import type { ImportParams } from './params.ts';

/** Whether an argument is a file of the authors' latents. */
export const isLatents = (path: string): boolean => /\.npy$/i.test(path);

/**
 * What a job gets of such files.
 * @param deltas files or folders of offsets; default: the folder `weight_deltas` beside the latents, where there is one
 * @throws `file` error for files that are not there, `option` for more than one file of latents
 */
export function importOf(
  paths: readonly string[],
  deltas: readonly string[] | undefined,
): { readonly params: ImportParams | null; readonly mounts: Readonly<Record<string, Mount>> } {
  const [latents, second] = paths.filter(isLatents);
  ensure(second === undefined, 'option', () => `${second}: a second file of latents; name one at a time`);
  ensure(
    latents !== undefined || deltas === undefined,
    'option',
    '--weight-deltas: name the latents.npy they belong to',
  );
  if (latents === undefined) return { params: null, mounts: {} };
  const beside = join(dirname(resolve(latents)), 'weight_deltas');
  const files = (deltas ?? (existsSync(beside) ? [beside] : [])).flatMap(npyFiles);
  for (const file of [latents, ...files]) ensure(existsSync(file), 'file', () => `${file}: there is no such file`);
  const mounts = files.map((file, n) => [`deltas${n}`, resolve(file)] as const);
  return {
    params: { latents: basename(latents), deltas: files.map((file) => basename(file)) },
    mounts: { latents: resolve(latents), ...Object.fromEntries(mounts) },
  };
}

/** A folder's `.npy` files, or the file itself. */
function npyFiles(path: string): string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => /\.npy$/i.test(name));
  return names.sort().map((name) => join(path, name));
}
