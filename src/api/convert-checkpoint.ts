/** Converts checkpoints in a page; `../convert/convert-checkpoint.ts`, which does it, is loaded when it is first asked for. */
import type { CheckpointKind } from '../convert/checkpoint-kind.ts';
import type { ConversionOptions } from '../convert/convert-checkpoint.ts';
import { ensure, ensureOptions, ensureSignal, imported, inWords } from '../errors.ts';
import type { EditFile } from './edit-file.ts';
import { ensureCallback } from './options.ts';

/**
 * Converts the authors' checkpoints into the files of a model folder, which `HyperStyle.load` opens: `hyperstyle_ffhq.pt` and
 * `w_encoder.pt` in any order, or a generator alone. Nothing of them is run.
 *
 * ```ts
 * const kept: File[] = [];
 * const write = async (file, bytes) => void kept.push(new File([bytes], file));
 * await convertCheckpoint([hyper, encoder], { name: 'mine', write });
 * const hs = await HyperStyle.load(kept);
 * ```
 *
 * @returns what was made up or left out, a sentence each
 * @throws `file`, `pickle`, `tensor`, `model` errors of the checkpoints, `option`, `aborted`; what `write` throws
 */
export async function convertCheckpoint(
  files: readonly EditFile[],
  options: ConversionOptions,
): Promise<readonly string[]> {
  ensureOptions('convertCheckpoint', options);
  ensure(
    Array.isArray(files) && files.length > 0,
    'option',
    () => `convertCheckpoint got ${inWords(files)}, expected a list of one or two checkpoint files`,
  );
  ensureCallback('onProgress', options.onProgress);
  ensureSignal(options.signal);
  const [{ convertFiles }, { fileSource }] = await imported(
    Promise.all([import('../convert/convert-checkpoint.ts'), import('./edit-file.ts')]),
  );
  return convertFiles(files.map(fileSource), options);
}

/**
 * Which networks a file holds, for pages that take files of any kind: HyperStyle's own checkpoint, ReStyle-e4e's, a W
 * encoder's, a generator alone. Null for a file of other things, such as directions, and for one that cannot be read.
 */
export async function checkpointKind(file: EditFile): Promise<CheckpointKind | null> {
  const [{ kindOf }, { fileSource }] = await imported(
    Promise.all([import('../convert/checkpoint-kind.ts'), import('./edit-file.ts')]),
  );
  return kindOf(fileSource(file));
}
