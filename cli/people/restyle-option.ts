/** `--restyle` of commands: a checkpoint's file, a converted folder or its address. `restyle-job.ts` is the job's side. */
import { basename } from 'node:path';
import { readOption } from '../edit-options.ts';
import { isModelPlace, modelPlace } from '../model-folder.ts';
import type { Mount } from '../static-files.ts';
import type { RestyleParams } from './params.ts';

/** What a job gets of it. @throws `file` error for a file or folder that is not there */
export function restyleOf(
  text: string,
  steps: number,
): { readonly params: RestyleParams; readonly mounts: Readonly<Record<string, Mount>> } {
  if (!isModelPlace(text)) {
    const bytes = readOption('--restyle', text);
    return { params: { from: { file: basename(text) }, steps }, mounts: { restyle: async () => bytes } };
  }
  const place = modelPlace(text, '--restyle');
  if ('address' in place) return { params: { from: place, steps }, mounts: {} };
  return { params: { from: 'folder', steps }, mounts: { restyle: place.folder } };
}
