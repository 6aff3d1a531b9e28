/**
 * An optimiser of many tensors in a graph that is compiled once: its state, one step, and the numbers that the host
 * writes before each.
 */
import { adamNumbers, averageDecay, muonNumbers, rangerNumbers } from '../gradients/schedules.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { muon } from '../kernels/muon.ts';
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

/** Adam's defaults, which vectors have beside Muon, too, and Ranger's as HyperStyle's authors set them. */
const CONSTANTS: Readonly<Record<OptimiserName, Constants>> = {
  adam: { betas: [0.9, 0.999], eps: 1e-8 },
  muon: { betas: [0.9, 0.999], eps: 1e-8 },
  ranger: { betas: [0.95, 0.999], eps: 1e-5 },
};
/**
 * Lookahead of Ranger: its slow weights move by α every k steps; up to `threshold` effective samples a step is plain
 * momentum.
 */
const LOOKAHEAD = { k: 6, alpha: 0.5, threshold: 5 };

/** Muon's momentum, and the rate of what is no matrix as a share of the matrices': 3e-4 of 0.02, as its author has it. */
const MUON = { beta: 0.95, vectors: 0.015 };

/** A tensor as one matrix `[rows, columns]` in memory; `turned`: the checkpoint's lies across it. */
interface MatrixForm {
  readonly matrix: readonly [rows: number, columns: number];
  readonly turned: boolean;
}

/** The matrix that a tensor is; undefined for vectors, and for filters in several groups of columns. */
function matrixOf({ rows }: Learnt): MatrixForm | undefined {
  if (!rows) return undefined;
  const { groups, length, columns } = rows;
  if (columns === 1 && groups > 1 && length > 1) return { matrix: [groups, length], turned: false };
  if (groups === 1 && columns > 1 && length > 1) return { matrix: [length, columns], turned: true };
  return undefined;
}

/** What an optimiser keeps of one tensor. */
export interface Slot {
  readonly learnt: Learnt;
  /** Sum of its gradients since the last step. */
  readonly gradient: Tensor;
  readonly first: Tensor;
  /** None where Muon moves a matrix. */
  readonly second: Tensor | undefined;
  /** How Muon sees it. */
  readonly matrix: MatrixForm | undefined;
  /** Ranger's slow weights. */
  readonly slow: Tensor | undefined;
  /** The running average, and where the weights wait while the average is in their place. */
  readonly average: Tensor | undefined;
  readonly waiting: Tensor | undefined;
}

/** One optimiser. */
export class Optimiser {
  readonly slots: readonly Slot[];
  /** A step's numbers, and Muon's. */
  readonly numbers: Tensor;
  readonly matrixNumbers = tensor('numbers of a step on matrices', [2]);
  /** Decay of the running averages at this step `[1]`. */
  readonly decay = tensor('decay of averages', [1]);
  /** Squared norm of the summed gradients, by slot `[slots]`. */
  readonly squares: Tensor;
  readonly #recipe: Recipe;
  readonly #facts: KernelFacts;

  constructor(learnt: readonly Learnt[], recipe: Recipe, facts: KernelFacts) {
    this.#recipe = recipe;
    this.#facts = facts;
    this.numbers = tensor('numbers of a step', [recipe.optimiser === 'ranger' ? 4 : 3]);
    this.slots = learnt.map((each) => {
      const like = (role: string): Tensor => tensor(`${each.tensor.name} ${role}`, each.tensor.shape);
      const matrix = recipe.optimiser === 'muon' ? matrixOf(each) : undefined;
      return {
        learnt: each,
        matrix,
        gradient: like('gradient'),
        first: like('first moment'),
        second: matrix ? undefined : like('second moment'),
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
    const clipped = (numbers: Tensor): Tensor =>
      clip > 0 ? clippedNumbers(g, { gradients, numbers, most: clip }) : numbers;
    const numbers = clipped(this.numbers);
    const matrixNumbers = optimiser === 'muon' ? clipped(this.matrixNumbers) : this.matrixNumbers;
    const constants = CONSTANTS[optimiser];
    for (const { learnt, gradient, first, second, slow, average, matrix } of this.slots) {
      const parameter = learnt.tensor;
      if (matrix) {
        const { beta } = MUON;
        muon(g, { parameter, gradient, momentum: first, ...matrix, beta, numbers: matrixNumbers, facts: this.#facts });
      } else if (second) {
        const moments = { parameter, gradient, first, second, numbers, ...constants };
        if (slow) ranger(g, { ...moments, slow, alpha: LOOKAHEAD.alpha, centred: learnt.rows });
        else adam(g, moments);
      }
      if (average) runningAverage(g, { parameter, average, numbers: this.decay });
    }
  }

  /**
   * What the host writes before step `t`, from 1.
   * @param factor of the gradients: one over the batches whose gradients were summed
   */
  numbersOf(t: number, rate: number, factor: number): readonly (readonly [Tensor, Float32Array<ArrayBuffer>])[] {
    const { optimiser, average } = this.#recipe;
    const { betas } = CONSTANTS[optimiser];
    const decay = [this.decay, Float32Array.of(averageDecay(t, average))] as const;
    if (optimiser === 'ranger') return [[this.numbers, rangerNumbers(t, rate, { betas, ...LOOKAHEAD }, factor)], decay];
    const share = optimiser === 'muon' ? MUON.vectors : 1;
    return [
      [this.numbers, adamNumbers(t, share * rate, betas, factor)],
      [this.matrixNumbers, muonNumbers(rate, factor)],
      decay,
    ];
  }

  /** Before the first step: moments zero, slow weights and averages as the weights. */
  get forget(): Transfer[] {
    return this.slots.flatMap(({ learnt: { tensor: from }, first, second, slow, average }) => [
      { to: first },
      ...(second ? [{ to: second }] : []),
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
