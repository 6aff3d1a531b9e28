/** Losses by features from the files that people have of them. */
import { openCheckpoint } from '../weights/checkpoint.ts';
import { lpipsSource } from '../weights/lpips-files.ts';
import type { ByteSource } from '../weights/random-access.ts';
import { lpipsLoss } from './feature-losses.ts';
import type { FeatureLossMaker } from './trainer-options.ts';

/**
 * LPIPS as a loss.
 * @param files its trunk and heads, or what convert made of them
 * @throws `model` error when trunk or heads are missing, `tensor` when they do not fit each other, `file`, `pickle`
 */
export async function lpips(files: readonly ByteSource[], weight: number): Promise<FeatureLossMaker> {
  const source = lpipsSource(await Promise.all(files.map((file) => openCheckpoint(file))));
  return (facts, shape) => lpipsLoss(source, facts, shape, weight);
}
