/** Adam on tensors of a graph that is compiled once: its moments, and the numbers that the host writes before each step. */
import { adamNumbers } from '../gradients/schedules.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { adam } from '../kernels/optimisers.ts';
import type { Transfer } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';

const BETAS = [0.9, 0.999] as const;
const EPS = 1e-8;

/** One optimiser. */
export class AdamState {
  /** The step's numbers `[3]`; see {@link AdamState.numbersOf}. */
  readonly numbers = tensor('numbers of a step', [3]);
  /** What is learnt, and Adam's two moments of each. */
  readonly slots: readonly { readonly parameter: Tensor; readonly first: Tensor; readonly second: Tensor }[];

  constructor(parameters: readonly Tensor[]) {
    this.slots = parameters.map((parameter) => ({
      parameter,
      first: tensor(`${parameter.name} first moment`, parameter.shape),
      second: tensor(`${parameter.name} second moment`, parameter.shape),
    }));
  }

  /** Records one step. @param gradients in the order of the parameters */
  record(g: Recorder, gradients: readonly Tensor[]): void {
    this.slots.forEach((slot, i) => {
      const gradient = gradients[i];
      if (gradient) adam(g, { ...slot, gradient, betas: BETAS, eps: EPS, numbers: this.numbers });
    });
  }

  /** What {@link numbers} must hold for step `t`, from 1. */
  numbersOf(t: number, rate: number): Float32Array<ArrayBuffer> {
    return adamNumbers(t, rate, BETAS);
  }

  /** Forgets all steps. */
  get forget(): Transfer[] {
    return this.slots.flatMap(({ first, second }) => [{ to: first }, { to: second }]);
  }
}
