/** Losses by the features of a network, from the networks that the library has. */
import type { KernelFacts } from '../kernels/choose.ts';
import { LpipsNetwork } from '../models/lpips-network.ts';
import { type Shape, tensor } from '../tensor.ts';
import type { LpipsSource } from '../weights/lpips-files.ts';
import type { FeatureLoss } from './losses.ts';

/** LPIPS of pictures of a shape `[3, H, W]`. @throws `tensor` error as `LpipsNetwork` */
export function lpipsLoss(source: LpipsSource, facts: KernelFacts, shape: Shape, weight: number): FeatureLoss {
  const network = new LpipsNetwork(source, facts, tensor('picture for LPIPS', shape));
  return {
    name: 'lpips',
    weight,
    network,
    source,
    features: (g, target) => network.recordFeatures(g, target),
    distance: (g, picture, features) => network.recordDistanceTo(g, picture, features),
  };
}
