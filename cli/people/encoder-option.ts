/**
 * `--restyle` and `--e4e` of commands: a checkpoint's file, a converted folder or its address. `encoder-job.ts` is the job's
 * side.
 */
import { basename } from 'node:path';
import type { LatentEncoderKind } from '../../src/weights/networks.ts';
import { readOption } from '../edit-options.ts';
import { isModelPlace, modelPlace } from '../model-folder.ts';
import type { Mount } from '../static-files.ts';
import type { EncoderPlace } from './params.ts';

/** What a job gets of it, mounted by the option's name. @throws `file` error for a file or folder that is not there */
export function encoderOption(
  kind: LatentEncoderKind,
  text: string,
): { readonly from: EncoderPlace; readonly mounts: Readonly<Record<string, Mount>> } {
  if (!isModelPlace(text)) {
    const bytes = readOption(`--${kind}`, text);
    return { from: { file: basename(text) }, mounts: { [kind]: async () => bytes } };
  }
  const place = modelPlace(text, `--${kind}`);
  if ('address' in place) return { from: place, mounts: {} };
  return { from: 'folder', mounts: { [kind]: place.folder } };
}
