/**
 * An optimiser of many tensors in a graph that is compiled once: its state, one step, and the numbers that the host
 * writes before each.
 */
import { adamNumbers, averageDecay, rangerNumbers } from '../gradients/schedules.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { adam, clippedNumbers, ranger, runningAverage } from '../kernels/optimisers.ts';
import { columnSums, squareRuns, squareSums } from '../kernels/sums.ts';
import type { Transfer } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import type { Learnt } from './learnt.ts';
import type { OptimiserName, Recipe } from './recipe.ts';

/** Constants of an optimiser. */
interface Constants {
  readonly betas: readonly [number, number];
  readonly eps: number;
}

/** Adam's defaults, and Ranger's as HyperStyle's authors set them. */
const CONSTANTS: Readonly<Record<OptimiserName, Constants>> = {
  adam: { betas: [0.9, 0.999], eps: 1e-8 },
  ranger: { betas: [0.95, 0.999], eps: 1e-5 },
};
/**
 * Lookahead of Ranger: its slow weights move by α every k steps; up to `threshold` effective samples a step is plain
 * momentum.
 */
const LOOKAHEAD = { k: 6, alpha: 0.5, threshold: 5 };

/** What an optimiser keeps of one tensor. */
export interface Slot {
  readonly learnt: Learnt;
  /** Sum of its gradients since the last step. */
  readonly gradient: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  /** Ranger's slow weights. */
  readonly slow: Tensor | undefined;
  /** The running average, and where the weights wait while the average is in their place. */
  readonly average: Tensor | undefined;
  readonly waiting: Tensor | undefined;
}

/** One optimiser. */
export class Optimiser {
  readonly slots: readonly Slot[];
  /** A step's numbers. */
  readonly numbers: Tensor;
  /** Decay of the running averages at this step `[1]`. */
  readonly decay = tensor('decay of averages', [1]);
  /** Squared norm of the summed gradients, by slot `[slots]`. */
  readonly squares: Tensor;
  readonly #recipe: Recipe;

  constructor(learnt: readonly Learnt[], recipe: Recipe) {
    this.#recipe = recipe;
    this.numbers = tensor('numbers of a step', [recipe.optimiser === 'adam' ? 3 : 4]);
    this.slots = learnt.map((each) => {
      const like = (role: string): Tensor => tensor(`${each.tensor.name} ${role}`, each.tensor.shape);
      return {
        learnt: each,
        gradient: like('gradient'),
        first: like('first moment'),
        second: like('second moment'),
        slow: recipe.optimiser === 'ranger' ? like('slow') : undefined,
        average: recipe.average > 0 ? like('average') : undefined,
        waiting: recipe.average > 0 ? like('waiting') : undefined,
      };
    });
    this.squares = tensor('squares of gradients', [learnt.length]);
  }

  /** Squared norms of the summed gradients, which say where a number went wrong. */
  recordSquares(g: Recorder): void {
    this.slots.forEach(({ gradient, learnt }, offset) => {
      const runs = squareRuns(gradient);
      const parts = g.transient(`${learnt.tensor.name} squares`, [runs, 1]);
      squareSums(g, { a: gradient, into: { tensor: parts, offset: 0 } });
      columnSums(g, learnt.tensor.name, parts, [1], { into: { tensor: this.squares, offset } });
    });
  }

  /** One step on every tensor, and its averages. */
  recordStep(g: Recorder): void {
    const { optimiser, clip } = this.#recipe;
    const gradients = this.slots.map(({ gradient }) => gradient);
    const numbers = clip > 0 ? clippedNumbers(g, { gradients, numbers: this.numbers, most: clip }) : this.numbers;
    const constants = CONSTANTS[optimiser];
    for (const { learnt, gradient, first, second, slow, average } of this.slots) {
      const parameter = learnt.tensor;
      const moments = { parameter, gradient, first, second, numbers, ...constants };
      if (slow) ranger(g, { ...moments, slow, alpha: LOOKAHEAD.alpha, centred: learnt.rows });
      else adam(g, moments);
      if (average) runningAverage(g, { parameter, average, numbers: this.decay });
    }
  }

  /**
   * What {@link numbers} must hold for step `t`, from 1.
   * @param factor of the gradients: one over the batches whose gradients were summed
   */
  numbersOf(t: number, rate: number, factor: number): Float32Array<ArrayBuffer> {
    const { optimiser } = this.#recipe;
    const { betas } = CONSTANTS[optimiser];
    if (optimiser === 'adam') return adamNumbers(t, rate, betas, factor);
    return rangerNumbers(t, rate, { betas, ...LOOKAHEAD }, factor);
  }

  /** What {@link decay} must hold for step `t`, from 1. */
  decayOf(t: number): Float32Array<ArrayBuffer> {
    return Float32Array.of(averageDecay(t, this.#recipe.average));
  }

  /** Before the first step: moments zero, slow weights and averages as the weights. */
  get forget(): Transfer[] {
    return this.slots.flatMap(({ learnt: { tensor: from }, first, second, slow, average }) => [
      { to: first },
      { to: second },
      ...[slow, average].flatMap((to) => (to ? [{ from, to }] : [])),
    ]);
  }

  /** Gradients summed so far are dropped. */
  get clear(): Transfer[] {
    return this.slots.map(({ gradient }) => ({ to: gradient }));
  }

  /** The averages take the weights' place. */
  get average(): Transfer[] {
    return this.slots.flatMap(({ learnt: { tensor: parameter }, average, waiting }) =>
      average && waiting
        ? [
            { from: parameter, to: waiting },
            { from: average, to: parameter },
          ]
        : [],
    );
  }

  /** The weights are back in their place. */
  get resume(): Transfer[] {
    return this.slots.flatMap(({ learnt: { tensor: parameter }, waiting }) =>
      waiting ? [{ from: waiting, to: parameter }] : [],
    );
  }

  /** Everything that going on from here needs, besides the weights. */
  get memory(): Tensor[] {
    return this.slots.flatMap(({ first, second, slow, average }) =>
      [first, second, slow, average].flatMap((each) => (each ? [each] : [])),
    );
  }
}
