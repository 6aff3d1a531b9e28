/** LPIPS as a network: its weights on the device, and a graph that keeps the features of a target, which other graphs compare with. */
import { ensure } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { addInto } from '../kernels/sums.ts';
import type { Network } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import type { LpipsSource } from '../weights/lpips-files.ts';
import { slice } from './conv-weights.ts';
import { type Lpips, lpipsDistance, lpipsFeatures } from './lpips.ts';
import { WeightPlan } from './weight-plan.ts';

/** Graphs of {@link LpipsNetwork}. */
export type LpipsGraph =
  | 'target' // target → its features
  | 'distance'; // picture, features of the target → their distance

/** LPIPS for pictures of one size. */
export class LpipsNetwork implements Network<LpipsGraph> {
  readonly name = 'LPIPS';
  readonly plan: WeightPlan;
  readonly graphs: ReadonlyMap<LpipsGraph, Graph>;
  readonly state: {
    /** `[3, H, W]` in [-1, 1] */
    readonly target: Tensor;
    /** Like it. */
    readonly picture: Tensor;
    /** `[1]` */
    readonly distance: Tensor;
  };
  readonly #lpips: Lpips;
  readonly #features: readonly Tensor[];

  /**
   * @param target `[3, H, W]`, compared with
   * @throws `tensor` error when weights are missing, or the picture is too small for the trunk
   */
  constructor({ kind, tensors }: LpipsSource, facts: KernelFacts, target: Tensor) {
    this.plan = new WeightPlan(tensors);
    this.#lpips = { plan: this.plan, facts: { ...facts, precision: 'f32' }, kind, prefix: 'lpips.' };
    const graph = new Graph('target');
    this.#features = lpipsFeatures(graph, this.#lpips, target).map((found, i) => {
      const kept = tensor(`target features ${i}`, found.shape);
      addInto(graph, { a: found, target: slice(kept), keep: false });
      return kept;
    });
    const [picture, distance] = [tensor('picture to compare', target.shape), tensor('LPIPS', [1])];
    this.state = { target, picture, distance };
    const compare = new Graph('distance');
    addInto(compare, { a: this.recordDistance(compare, picture), target: slice(distance), keep: false });
    this.graphs = new Map<LpipsGraph, Graph>([
      ['target', graph],
      ['distance', compare],
    ]);
  }

  /** Distance of a picture from the target, whose features `target` has found: `[1]`. */
  recordDistance(g: Recorder, picture: Tensor): Tensor {
    return this.recordDistanceTo(g, picture, this.#features);
  }

  /** Features of a picture, for {@link recordDistanceTo}. */
  recordFeatures(g: Recorder, picture: Tensor): Tensor[] {
    return lpipsFeatures(g, this.#lpips, picture);
  }

  /** Distance of a picture from features of another, which are constants: `[1]`. */
  recordDistanceTo(g: Recorder, picture: Tensor, features: readonly Tensor[]): Tensor {
    return lpipsDistance(g, this.#lpips, this.recordFeatures(g, picture), features).total;
  }

  /** Distance of two pictures of which the second is a constant: `[1]`. */
  recordBetween(g: Recorder, picture: Tensor, constant: Tensor): Tensor {
    ensure(
      picture.shape.join() === constant.shape.join(),
      'tensor',
      () => `LPIPS compares pictures of one size, got [${picture.shape}] and [${constant.shape}]`,
    );
    return this.recordDistanceTo(g, picture, this.recordFeatures(g, constant));
  }
}
