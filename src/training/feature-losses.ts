/** Losses by the features of a network, from the networks that the library has: LPIPS, identity, MoCo. */
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { cosineLoss } from '../kernels/losses.ts';
import { ConvWeights } from '../models/conv-weights.ts';
import { type IdentityNet, identityFeatures } from '../models/identity.ts';
import { LpipsNetwork } from '../models/lpips-network.ts';
import { type MocoNet, mocoFeatures } from '../models/moco.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Network } from '../runtime/network.ts';
import { type Shape, type Tensor, tensor } from '../tensor.ts';
import type { LpipsSource } from '../weights/lpips-files.ts';
import type { WeightSource } from '../weights/weight-source.ts';
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

/** Weights of a network of features. */
export type FeatureSource = Pick<WeightSource, 'name' | 'tensors' | 'stream'>;

/** 1 − cosine of the descriptors of IR-SE50; see `identityFeatures`. */
export function identityLoss(
  source: FeatureSource,
  facts: KernelFacts,
  shape: Shape,
  weight: number,
  net: Omit<IdentityNet, 'weights'> = { prefix: '' },
): FeatureLoss {
  return cosineOf('id', source, { facts, shape, weight }, (g, weights, picture) =>
    identityFeatures(g, { ...net, weights }, picture),
  );
}

/** 1 − cosine of the features of MoCo v2; see `mocoFeatures`. */
export function mocoLoss(
  source: FeatureSource,
  facts: KernelFacts,
  shape: Shape,
  weight: number,
  net: Omit<MocoNet, 'weights'> = { prefix: '' },
): FeatureLoss {
  return cosineOf('moco', source, { facts, shape, weight }, (g, weights, picture) =>
    mocoFeatures(g, { ...net, weights }, picture),
  );
}

/** Records a picture's features. */
type RecordFeatures = (g: Recorder, weights: ConvWeights, picture: Tensor) => Tensor;

/** A network of features: its weights on the device. Other graphs read them; its own graph is what keeps them there. */
class FeatureNetwork implements Network<'features'> {
  readonly name: string;
  readonly plan: WeightPlan;
  readonly graphs: ReadonlyMap<'features', Graph>;
  readonly state: { readonly picture: Tensor };
  readonly #facts: KernelFacts;
  readonly #record: RecordFeatures;
  /** Filters are made anew in each graph, which then needs no others to go back through. */
  readonly #weights = new WeakMap<Recorder, ConvWeights>();

  constructor(source: FeatureSource, facts: KernelFacts, shape: Shape, record: RecordFeatures) {
    this.name = source.name;
    this.plan = new WeightPlan(source.tensors);
    this.#facts = { ...facts, precision: 'f32' };
    this.#record = record;
    this.state = { picture: tensor(`picture for ${source.name}`, shape) };
    const graph = new Graph('features');
    this.features(graph, this.state.picture);
    this.graphs = new Map([['features', graph]]);
  }

  features(g: Recorder, picture: Tensor): Tensor {
    const weights = this.#weights.get(g) ?? new ConvWeights(this.plan, this.#facts, g);
    this.#weights.set(g, weights);
    return this.#record(g, weights, picture);
  }
}

function cosineOf(
  name: string,
  source: FeatureSource,
  { facts, shape, weight }: { readonly facts: KernelFacts; readonly shape: Shape; readonly weight: number },
  record: RecordFeatures,
): FeatureLoss {
  const network = new FeatureNetwork(source, facts, shape, record);
  return {
    name,
    weight,
    network,
    source,
    features: (g, target) => [network.features(g, target)],
    distance: (g, picture, [target]) => {
      const input = network.features(g, picture);
      return cosineLoss(g, { label: name, input, target: target ?? input });
    },
  };
}
