/** The feature losses of a training case, from the weights in its file. */
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { featureLoss } from '../../src/training/feature-losses.ts';
import type { FeatureLoss } from '../../src/training/losses.ts';
import { type Golden, goldenTensor } from './golden-file.ts';
import { weightSource } from './op-case.ts';

/** The case's weights whose names begin with a prefix. */
function sourceOf(golden: Golden, prefix: string) {
  const tensors = new Map([...golden.tensors].filter(([name]) => name.startsWith(`w.${prefix}`)));
  const source = weightSource({ ...golden, tensors }, (name) => name);
  return { ...source, name: prefix, totalBytes: 0, prefix };
}

/** LPIPS, and identity or MoCo, with the case's weights of each. */
export function featureLosses(golden: Golden, facts: KernelFacts): FeatureLoss[] {
  const { entry } = golden;
  const { lpips = 0, id = 0, moco = 0 } = entry.lambdas as Record<string, number>;
  const shape = goldenTensor(golden, 'in.x').shape.slice(1);
  const units = (name: string): number[] => entry[`${name}_units`] as number[];
  const found = [featureLoss({ ...sourceOf(golden, 'lpips.'), loss: 'lpips', kind: 'alex' }, facts, shape, lpips)];
  if (id > 0) {
    const [top = 0, bottom = 0, left = 0, right = 0] = entry.id_crop as number[];
    const face = { rows: [top, bottom], columns: [left, right] } as const;
    const side = Number(entry.id_side);
    const source = { ...sourceOf(golden, 'id.'), loss: 'id', units: units('id'), side, face } as const;
    found.push(featureLoss(source, facts, shape, id));
  }
  if (moco > 0) {
    const side = Number(entry.moco_side);
    const source = { ...sourceOf(golden, 'moco.'), loss: 'moco', units: units('moco'), side } as const;
    found.push(featureLoss(source, facts, shape, moco));
  }
  return found;
}
