/** Losses by features from the files that people have of them. */
import { ensure, ensureList, ensureOneOf, inWords } from '../errors.ts';
import type { FileLoss } from '../weights/loss-files.ts';
import { type ByteSource, isByteSource } from '../weights/random-access.ts';
import type { FeatureLossMaker } from './trainer-options.ts';

/** What HyperStyle's authors weight these losses by. */
export const USUAL_WEIGHTS: Readonly<Record<FileLoss, number>> = { lpips: 0.8, id: 0.1, moco: 0.5 };

/**
 * A loss whose network comes from files: `lpips` (trunk and heads, or what convert made of them), `id`
 * (`model_ir_se50.pth`), `moco`.
 * @param weight what it counts with; the authors' weight when absent
 * @throws `option` error for another loss or what is no file, `model` when a part is missing, `tensor` when parts do not fit each other, `file`, `pickle`
 */
export async function lossFromFiles(
  loss: FileLoss,
  files: readonly ByteSource[],
  weight = USUAL_WEIGHTS[loss],
): Promise<FeatureLossMaker> {
  ensureOneOf('the loss', loss, Object.keys(USUAL_WEIGHTS) as FileLoss[]);
  ensureList('lossFromFiles', files, 'sources of bytes');
  for (const file of files)
    ensure(isByteSource(file), 'option', () => `a file is ${inWords(file)}, expected a source of bytes`);
  // loaded by who has such files
  const [{ openCheckpoint }, { LOSS_READERS }, { featureLoss }] = await Promise.all([
    import('../weights/checkpoint.ts'),
    import('../weights/loss-files.ts'),
    import('./feature-losses.ts'),
  ]);
  const source = LOSS_READERS[loss].source(await Promise.all(files.map((file) => openCheckpoint(file))));
  return { loss, weight, make: (facts, shape) => featureLoss(source, facts, shape, weight) };
}
