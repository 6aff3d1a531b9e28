/**
 * What a picture is compared with a photo by: squared error, networks that come from files (LPIPS, identity, MoCo),
 * MS-SSIM, the pictures' gradients, each with its weight, recorded on a tape.
 */
import type { Seed, Tape } from '../gradients/tape.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { gradientLoss, squaredLoss } from '../kernels/losses.ts';
import { addInto, fill } from '../kernels/sums.ts';
import { slice } from '../models/conv-weights.ts';
import { LossNetwork } from '../models/loss-network.ts';
import { msSsim } from '../models/ms-ssim.ts';
import type { Tensor } from '../tensor.ts';
import { type FileLoss, LOSS_READERS, type LossSource, type NetworkLoss } from '../weights/loss-files.ts';

/** Losses whose networks come from files that people bring. */
export const FILE_LOSSES = Object.keys(LOSS_READERS) as readonly FileLoss[];

/** The losses of a comparison; `ms-ssim` is 1 − MS-SSIM, `face` the squared distance of face descriptors. */
export const LOSSES = ['l2', ...FILE_LOSSES, 'face', 'ms-ssim', 'gradient'] as const;

/** How much each loss counts; 0 leaves it out. */
export type LossWeights = Readonly<Record<(typeof LOSSES)[number], number>>;

/** Weights of which those that are not named are 0. */
export function onlyLosses(named: Partial<LossWeights>): LossWeights {
  return Object.fromEntries(LOSSES.map((name) => [name, named[name] ?? 0])) as Record<keyof LossWeights, number>;
}

/** Networks of losses that were added. */
export type LossSources = ReadonlyMap<NetworkLoss, LossSource>;

/** The sources of the losses that count. */
export function usedSources(sources: LossSources, weights: LossWeights): LossSources {
  return new Map([...sources].filter(([name]) => weights[name] > 0));
}

/** Networks of losses that count, comparing with a target `[3, H, W]`. */
export function lossNetworks(
  sources: LossSources,
  weights: LossWeights,
  facts: KernelFacts,
  target: Tensor,
): LossNetwork[] {
  return [...usedSources(sources, weights).values()].map((source) => new LossNetwork(source, facts, target));
}

/** Losses of one step by name, unweighted, and their weighted sum as `total`. */
export type Losses = Readonly<Record<string, number>>;

/** Weighted losses that a tape collects; their values are kept, one after another. */
export class Terms {
  readonly #tape: Tape;
  readonly #values: Tensor;
  readonly #terms: { readonly name: string; readonly value: Tensor; readonly weight: number }[] = [];

  /** @param values where the unweighted values go, in the order of {@link add} */
  constructor(tape: Tape, values: Tensor) {
    this.#tape = tape;
    this.#values = values;
  }

  /** Another loss `[1]`. */
  add(name: string, value: Tensor, weight: number): void {
    addInto(this.#tape, { a: value, target: slice(this.#values, this.#terms.length), keep: false });
    this.#terms.push({ name, value, weight });
  }

  /** The losses of a picture against a constant target, which the networks have been given, too; see {@link LossWeights}. */
  compare(picture: Tensor, target: Tensor, weights: LossWeights, networks: readonly LossNetwork[]): void {
    const tape = this.#tape;
    const label = 'picture and photo';
    if (weights.l2 > 0) this.add('l2', squaredLoss(tape, { label, input: picture, target }), weights.l2);
    for (const network of networks) {
      this.add(network.loss, network.recordDistance(tape, picture), weights[network.loss]);
    }
    if (weights['ms-ssim'] > 0) {
      const { mean } = msSsim(tape, { label, input: picture, target, form: 'standard', distance: true });
      this.add('ms-ssim', mean, weights['ms-ssim']);
    }
    if (weights.gradient > 0)
      this.add('gradient', gradientLoss(tape, { label, input: picture, target }), weights.gradient);
  }

  /** Gradients of the weighted sum to `parameters`, in their order. */
  backward(parameters: readonly Tensor[]): Tensor[] {
    const seeds = this.#terms.map(
      ({ value: of, weight }): Seed => ({
        of,
        gradient: fill(this.#tape, this.#tape.transient('weight', [1]), weight),
      }),
    );
    return this.#tape.backward(seeds, parameters);
  }

  /** The values that were read from the tensor, by name, and their weighted sum. */
  read(values: ArrayLike<number>): Losses {
    const named = this.#terms.map(({ name }, i): [string, number] => [name, values[i] ?? Number.NaN]);
    const total = this.#terms.reduce((sum, { weight }, i) => sum + weight * (values[i] ?? Number.NaN), 0);
    return Object.fromEntries([...named, ['total', total]]);
  }
}
