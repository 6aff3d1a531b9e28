/**
 * Weight plans of a generator that belongs to one person. {@link TunedPlan} loads the checkpoint's weights (θ₀) and
 * shows θ₀ + s·δ; {@link PlanOnTuned} lets a second network read the same θ₀, or learn weights of its own that begin
 * there. `tuned-generator.ts` and the networks of `src/method` are recorded with them.
 */
import { ensure } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { mixSums } from '../kernels/mix.ts';
import { addInto } from '../kernels/sums.ts';
import { elementCount, type Shape, type Tensor, tensor, view } from '../tensor.ts';
import type { TensorInfo } from '../weights/weight-source.ts';
import { slice } from './conv-weights.ts';
import { TrainablePlan } from './trainable-plan.ts';

/** One device tensor of a person's weights. */
export interface TunedTensor {
  /** θ₀, as the checkpoint has it. */
  readonly origin: Tensor;
  /** δ, like it: what moved. */
  readonly moved: Tensor;
}

/** What pivotal tuning leaves alone: no gradient reaches the mapping network, and noise maps are no parameters. */
const FIXED = /^decoder\.(style|noises)\.|^latent_avg$/;

/** Whether pivotal tuning moves a checkpoint tensor. */
export const isTunable = (key: string): boolean => key.startsWith('decoder.') && !FIXED.test(key);

/** Weights that are θ₀ + s·δ, computed by a graph; mapping and noise maps are plain. */
export class TunedPlan extends TrainablePlan {
  /** θ₀ and δ by the name of the device tensor. */
  readonly tuned = new Map<string, TunedTensor>();
  readonly #shown = new Map<string, Tensor>();
  readonly #apply: Graph;
  readonly #strength: Tensor;

  /**
   * @param apply computes the weights, before anything that reads them
   * @param strength s `[1]`
   */
  constructor(infos: ReadonlyMap<string, TensorInfo>, apply: Graph, strength: Tensor) {
    super(infos, apply);
    this.#apply = apply;
    this.#strength = strength;
  }

  override plain(key: string, shape?: Shape): Tensor {
    const origin = shape ? super.plain(key, shape) : super.plain(key);
    return isTunable(key) ? this.#show(origin, (name) => tensor(name, origin.shape)) : origin;
  }

  override concat(name: string, keys: readonly string[]): Tensor {
    const origin = super.concat(name, keys);
    return this.#show(origin, (shown) => tensor(shown, origin.shape));
  }

  /** Filters are only read where θ̂ is made of them, in the same graph: they need no memory of their own. */
  override conv(name: string, keys: readonly string[]): Tensor {
    const origin = super.conv(name, keys);
    return this.#show(origin, (shown) => this.#apply.transient(shown, origin.shape));
  }

  /** θ₀ and δ of a device tensor. @throws `tensor` error when no weights have this name */
  of(name: string): TunedTensor {
    const found = this.tuned.get(name);
    ensure(found, 'tensor', () => `the generator has no weights "${name}" to begin with`);
    return found;
  }

  #show(origin: Tensor, make: (name: string) => Tensor): Tensor {
    const known = this.#shown.get(origin.name);
    if (known) return known;
    const moved = tensor(`${origin.name} moved`, origin.shape);
    const shown = make(`${origin.name} of a person`);
    this.tuned.set(origin.name, { origin, moved });
    this.#shown.set(origin.name, shown);
    addInto(this.#apply, { a: origin, target: slice(shown), keep: false });
    const row = [1, elementCount(origin.shape)];
    const weights = slice(this.#strength);
    mixSums(this.#apply, { label: origin.name, sums: view(moved, row), active: view(shown, row), weights });
    return shown;
  }
}

/**
 * A plan that loads nothing: what it hands out is the θ₀ of a {@link TunedPlan}, or, as parameters, tensors of its own
 * like it.
 */
export class PlanOnTuned extends TrainablePlan {
  readonly #below: TunedPlan;
  readonly #own: boolean;

  /**
   * @param g where the network is recorded
   * @param own whether the network gets weights of its own, for the caller to fill
   */
  constructor(below: TunedPlan, g: Recorder, own: boolean) {
    super(below.infos, g);
    this.#below = below;
    this.#own = own;
  }

  override plain(key: string, shape?: Shape): Tensor {
    const shown = this.#below.plain(key, shape);
    if (!isTunable(key)) return shown;
    if (!this.#own) return this.#below.of(key).origin;
    return shape ? super.plain(key, shape) : super.plain(key);
  }

  override concat(name: string, keys: readonly string[]): Tensor {
    return this.#own ? super.concat(name, keys) : this.#below.of(name).origin;
  }

  override conv(name: string, keys: readonly string[]): Tensor {
    return this.#own ? super.conv(name, keys) : this.#below.of(name).origin;
  }

  /** Tables of sizes are the same. */
  override derive(...args: Parameters<TrainablePlan['derive']>): Tensor {
    return this.#below.derive(...args);
  }
}
