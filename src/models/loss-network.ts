/**
 * Losses that compare pictures by what a network makes of them: its weights on the device, and a graph that keeps the
 * features of a target, which other graphs compare with. What is compared, and how, is in the files of the networks:
 * `lpips.ts`, `identity.ts`, `moco.ts`, `face-descriptor.ts`.
 */
import { ensure } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { cosineLoss, squaredLoss } from '../kernels/losses.ts';
import { addInto } from '../kernels/sums.ts';
import type { Network } from '../runtime/network.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import type { LossSource, NetworkLoss } from '../weights/loss-files.ts';
import { ConvWeights, slice } from './conv-weights.ts';
import { faceDescriptor } from './face-descriptor.ts';
import { identityFeatures } from './identity.ts';
import { lpipsDistance, lpipsFeatures } from './lpips.ts';
import { mocoFeatures } from './moco.ts';
import { WeightPlan } from './weight-plan.ts';

/** Graphs of {@link LossNetwork}. */
export type LossGraph =
  | 'target' // target → its features
  | 'distance'; // picture, features of the target → their distance

/** What a network compares pictures by. */
interface Comparison {
  /** Features of a picture `[3, H, W]` in [-1, 1]. */
  features(g: Recorder, picture: Tensor): readonly Tensor[];
  /** Distance of features from a target's, which are constants: `[1]`. */
  distance(g: Recorder, features: readonly Tensor[], target: readonly Tensor[]): Tensor;
}

/** A comparison by one descriptor's angle. */
const byAngle = (label: string, descriptor: (g: Recorder, picture: Tensor) => Tensor): Comparison => ({
  features: (g, picture) => [descriptor(g, picture)],
  distance: (g, [input], [target]) => {
    ensure(input && target, 'model', `${label} has no descriptor`);
    return cosineLoss(g, { label, input, target });
  },
});

/** A comparison by the squared distance of two descriptors. */
const byDistance = (label: string, descriptor: (g: Recorder, picture: Tensor) => Tensor): Comparison => ({
  features: (g, picture) => [descriptor(g, picture)],
  distance: (g, [input], [target]) => {
    ensure(input && target, 'model', `${label} has no descriptor`);
    return squaredLoss(g, { label, input, target, factor: elementCount(input.shape) });
  },
});

function comparisonOf(source: LossSource, weights: ConvWeights): Comparison {
  switch (source.loss) {
    case 'lpips': {
      const net = { weights, kind: source.kind, prefix: source.prefix };
      return {
        features: (g, picture) => lpipsFeatures(g, net, picture),
        distance: (g, features, target) => lpipsDistance(g, net, features, target).total,
      };
    }
    case 'id': {
      const net = { ...source, weights };
      return byAngle('identity', (g, picture) => identityFeatures(g, net, picture));
    }
    case 'moco': {
      const net = { ...source, weights };
      return byAngle('MoCo', (g, picture) => mocoFeatures(g, net, picture));
    }
    case 'face':
      return byDistance('face', (g, picture) => faceDescriptor(g, weights, picture));
  }
}

/** A loss's network for pictures of one size. */
export class LossNetwork implements Network<LossGraph> {
  readonly loss: NetworkLoss;
  readonly name: string;
  readonly plan: WeightPlan;
  readonly graphs: ReadonlyMap<LossGraph, Graph>;
  readonly state: {
    /** `[3, H, W]` in [-1, 1] */
    readonly target: Tensor;
    /** Like it. */
    readonly picture: Tensor;
    /** `[1]` */
    readonly distance: Tensor;
  };
  readonly #comparison: Comparison;
  readonly #features: readonly Tensor[];

  /**
   * @param target `[3, H, W]`, compared with
   * @throws `tensor` error when weights are missing, or the picture is too small for the network or not of its form
   */
  constructor(source: LossSource, facts: KernelFacts, target: Tensor) {
    this.loss = source.loss;
    this.name = source.name;
    this.plan = new WeightPlan(source.tensors);
    this.#comparison = comparisonOf(source, new ConvWeights(this.plan, { ...facts, precision: 'f32' }));
    const graph = new Graph('target');
    this.#features = this.#comparison.features(graph, target).map((found, i) => {
      const kept = tensor(`${this.loss} of the target ${i}`, found.shape);
      addInto(graph, { a: found, target: slice(kept), keep: false });
      return kept;
    });
    const [picture, distance] = [tensor('picture to compare', target.shape), tensor(this.name, [1])];
    this.state = { target, picture, distance };
    const compare = new Graph('distance');
    addInto(compare, { a: this.recordDistance(compare, picture), target: slice(distance), keep: false });
    this.graphs = new Map<LossGraph, Graph>([
      ['target', graph],
      ['distance', compare],
    ]);
  }

  /** Distance of a picture from the target, whose features `target` has found: `[1]`. */
  recordDistance(g: Recorder, picture: Tensor): Tensor {
    return this.recordDistanceTo(g, picture, this.#features);
  }

  /** Features of a picture, for {@link recordDistanceTo}. */
  recordFeatures(g: Recorder, picture: Tensor): readonly Tensor[] {
    return this.#comparison.features(g, picture);
  }

  /** Distance of a picture from features of another, which are constants: `[1]`. */
  recordDistanceTo(g: Recorder, picture: Tensor, features: readonly Tensor[]): Tensor {
    return this.#comparison.distance(g, this.recordFeatures(g, picture), features);
  }

  /** Distance of two pictures of which the second is a constant: `[1]`. */
  recordBetween(g: Recorder, picture: Tensor, constant: Tensor): Tensor {
    ensure(
      picture.shape.join() === constant.shape.join(),
      'tensor',
      () => `${this.name} compares pictures of one size, got [${picture.shape}] and [${constant.shape}]`,
    );
    return this.recordDistanceTo(g, picture, this.recordFeatures(g, constant));
  }
}
