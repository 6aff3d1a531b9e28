/** The feature losses of a training case, from the weights in its file. */
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { lpipsLoss } from '../../src/training/feature-losses.ts';
import type { FeatureLoss } from '../../src/training/losses.ts';
import type { LpipsSource } from '../../src/weights/lpips-files.ts';
import { type Golden, goldenTensor } from './golden-file.ts';
import { weightSource } from './op-case.ts';

/** The case's weights whose names begin with a prefix. */
function sourceOf(golden: Golden, prefix: string): Omit<LpipsSource, 'kind'> {
  const tensors = new Map([...golden.tensors].filter(([name]) => name.startsWith(`w.${prefix}`)));
  const source = weightSource({ ...golden, tensors }, (name) => name);
  return { ...source, totalBytes: 0 };
}

/** LPIPS, and identity or MoCo, with the case's weights of each. */
export function featureLosses(golden: Golden, facts: KernelFacts): FeatureLoss[] {
  const { lpips = 0 } = golden.entry.lambdas as Record<string, number>;
  const shape = goldenTensor(golden, 'in.x').shape.slice(1);
  return [lpipsLoss({ ...sourceOf(golden, 'lpips.'), kind: 'alex' }, facts, shape, lpips)];
}
