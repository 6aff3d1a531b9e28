/**
 * What a picture is compared with a photo by: squared error, LPIPS, the pictures' gradients, each with its weight, recorded on
 * a tape.
 */
import type { Seed, Tape } from '../gradients/tape.ts';
import { gradientLoss, squaredLoss } from '../kernels/losses.ts';
import { addInto, fill } from '../kernels/sums.ts';
import { slice } from '../models/conv-weights.ts';
import type { LpipsNetwork } from '../models/lpips-network.ts';
import type { Tensor } from '../tensor.ts';

/** The losses of a comparison. */
export const LOSSES = ['l2', 'lpips', 'gradient'] as const;

/** How much each loss counts; 0 leaves it out. */
export type LossWeights = Readonly<Record<(typeof LOSSES)[number], number>>;

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

  /** The losses of a picture against a constant target; see {@link LossWeights}. */
  compare(picture: Tensor, target: Tensor, weights: LossWeights, lpips?: LpipsNetwork): void {
    const tape = this.#tape;
    const label = 'picture and photo';
    if (weights.l2 > 0) this.add('l2', squaredLoss(tape, { label, input: picture, target }), weights.l2);
    if (weights.lpips > 0 && lpips) this.add('lpips', lpips.recordDistance(tape, picture), weights.lpips);
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
