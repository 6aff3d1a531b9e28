/** Losses by the features of a network that comes from files (LPIPS, identity, MoCo), for trainings. */
import type { KernelFacts } from '../kernels/choose.ts';
import { LossNetwork } from '../models/loss-network.ts';
import { type Shape, tensor } from '../tensor.ts';
import type { LossSource } from '../weights/loss-files.ts';
import type { FeatureLoss } from './losses.ts';

/** A loss of pictures of a shape `[3, H, W]`. @throws `tensor` error as {@link LossNetwork} */
export function featureLoss(source: LossSource, facts: KernelFacts, shape: Shape, weight: number): FeatureLoss {
  const network = new LossNetwork(source, facts, tensor(`picture for ${source.loss}`, shape));
  return {
    name: source.loss,
    weight,
    network,
    source,
    features: (g, target) => network.recordFeatures(g, target),
    distance: (g, picture, features) => network.recordDistanceTo(g, picture, features),
  };
}
