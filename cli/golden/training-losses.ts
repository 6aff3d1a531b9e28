/** The feature losses of a training case, from the weights in its file. */
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { identityLoss, lpipsLoss, mocoLoss } from '../../src/training/feature-losses.ts';
import type { FeatureLoss } from '../../src/training/losses.ts';
import type { LpipsSource } from '../../src/weights/lpips-files.ts';
import { type Golden, goldenTensor } from './golden-file.ts';
import { weightSource } from './op-case.ts';

/** The case's weights whose names begin with a prefix. */
function sourceOf(golden: Golden, prefix: string): Omit<LpipsSource, 'kind'> {
  const tensors = new Map([...golden.tensors].filter(([name]) => name.startsWith(`w.${prefix}`)));
  const source = weightSource({ ...golden, tensors }, (name) => name);
  return { ...source, name: prefix, totalBytes: 0 };
}

/** LPIPS, and identity or MoCo, with the case's weights of each. */
export function featureLosses(golden: Golden, facts: KernelFacts): FeatureLoss[] {
  const { entry } = golden;
  const { lpips = 0, id = 0, moco = 0 } = entry.lambdas as Record<string, number>;
  const shape = goldenTensor(golden, 'in.x').shape.slice(1);
  const [top = 0, bottom = 0, left = 0, right = 0] = (entry.id_crop as number[] | undefined) ?? [];
  const units = (name: string): number[] => entry[`${name}_units`] as number[];
  const found = [lpipsLoss({ ...sourceOf(golden, 'lpips.'), kind: 'alex' }, facts, shape, lpips)];
  if (id > 0) {
    const face = { rows: [top, bottom], columns: [left, right] } as const;
    const net = { prefix: 'id.', units: units('id'), side: Number(entry.id_side), face };
    found.push(identityLoss(sourceOf(golden, 'id.'), facts, shape, id, net));
  }
  if (moco > 0) {
    const net = { prefix: 'moco.', units: units('moco'), side: Number(entry.moco_side) };
    found.push(mocoLoss(sourceOf(golden, 'moco.'), facts, shape, moco, net));
  }
  return found;
}
