/** What a pullback works with: where it records, which gradients are wanted, and where they go. */
import type { Tensor } from '../../tensor.ts';
import type { KernelFacts } from '../choose.ts';
import { type Binding, type Recorder, readWrite, type Slice, write } from '../kernel.ts';
import type { Call, OpName } from './calls.ts';

/** The walk back through the ops of a tape, as one pullback sees it. */
export interface Backward {
  /** Where backward kernels are recorded; what is recorded here is not differentiated again. */
  readonly g: Recorder;
  readonly facts: KernelFacts;
  /** Whether a gradient to `tensor` is asked for, or needed to get at one that is. */
  wants(tensor: Tensor | undefined): boolean;
  /** Whether something depends on a result. */
  reaches(tensor: Tensor): boolean;
  /** The gradient to a result, like it; undefined where nothing depends on it. */
  gradient(tensor: Tensor): Tensor | undefined;
  /** Whether the op that wrote a result may write into its gradient, which nobody else reads. */
  mayOverwrite(tensor: Tensor): boolean;
  /** Adds to the gradient of `tensor`. The tape may keep `gradient` itself: it must not be written again. */
  give(tensor: Tensor, gradient: Tensor): void;
  /**
   * Where a kernel adds to the gradient of `tensor` by itself, which saves a pass that only adds. The kernel must be
   * recorded next, and write every element.
   */
  into(tensor: Tensor): Target;
  /**
   * Adds `part.gradient · part.scale` to the gradient of `part.input`, and to that of the scale: when somebody asks for
   * either, so that the epilogue which wrote the input can do it on its own way over the picture.
   */
  giveScaled(part: ScaledGradient): void;
  /** What {@link giveScaled} has left for a tensor; who takes it adds to both gradients. */
  takeScaled(tensor: Tensor): ScaledGradient | undefined;
  /** {@link into} for `count` elements of the gradient of `slice.tensor`. */
  intoSlice(slice: Slice, count: number): Target & Slice;
  /** Adds to a part of the gradient of `slice.tensor`. */
  giveSlice(slice: Slice, gradient: Tensor): void;
}

/** A part of a gradient before it is scaled: `v = x · scale` by channel, and the gradient to v. */
export interface ScaledGradient {
  readonly label: string;
  /** x `[C, …]` */
  readonly input: Tensor;
  /** `[C]` */
  readonly scale: Slice;
  /** To v, like x. */
  readonly gradient: Tensor;
}

/** A gradient that a kernel writes, or adds to where it holds something already. */
export interface Target {
  readonly tensor: Tensor;
  readonly keep: boolean;
}

/** How a kernel binds it. */
export const bindingOf = ({ tensor, keep }: Target): Binding => (keep ? readWrite(tensor) : write(tensor));

/** How the gradient of one op is found. */
export interface Pullback<K extends OpName> {
  /** Every tensor through which a gradient may go on. */
  inputs(call: Call<K>): readonly (Tensor | undefined)[];
  /** What it writes that others depend on; its output alone when absent. */
  outputs?(call: Call<K>): readonly Tensor[];
  /** Records the way back. */
  pull(b: Backward, call: Call<K>): void;
}
