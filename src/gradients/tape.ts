/**
 * Reverse-mode differentiation of recorded ops. How it fits together:
 *
 * An op notes its call when it is recorded (`Recorder.pullback`, which only a tape has: inference records exactly what
 * it always did). `backward` walks the calls in reverse and records their gradients into the SAME graph, so that
 * forward and backward are ordered and planned together: what the way back reads again stays in memory that long, and
 * nothing else does. Gradients of a tensor that is read more than once are summed; only calls on a path from a wanted
 * tensor to a seeded one are walked. Numbers that differ from run to run (rate, step) are `[1]` tensors, never
 * uniforms, so that a graph is compiled once.
 *
 * The pullbacks, op by op, are in `src/kernels/backward/`; `pullbacks.ts` lists them.
 */
import { ensure } from '../errors.ts';
import type { Backward, ScaledGradient, Target } from '../kernels/backward/backward.ts';
import type { OpCall } from '../kernels/backward/calls.ts';
import { scaleBackward } from '../kernels/backward/epilogue.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { KernelRecord, Recorder, Slice } from '../kernels/kernel.ts';
import { addInto, fill } from '../kernels/sums.ts';
import { type DType, elementCount, owner, type Shape, type Tensor, view } from '../tensor.ts';
import { inputsOf, outputsOf, pull } from './pullbacks.ts';

/** What the walk back starts from: a result and the gradient to it, of equal size. */
export interface Seed {
  readonly of: Tensor;
  readonly gradient: Tensor;
}

/** A gradient so far, and whether its tensor is the walk's own, to be added to in place. */
interface Sum {
  readonly tensor: Tensor;
  readonly own: boolean;
}

/** A recorder that remembers what was recorded in it, to find gradients. */
export class Tape implements Recorder {
  readonly #graph: Recorder;
  readonly #facts: KernelFacts;
  readonly #calls: OpCall[] = [];

  /** @param graph where forward and backward kernels go */
  constructor(graph: Recorder, facts: KernelFacts) {
    this.#graph = graph;
    this.#facts = facts;
  }

  /** A transient of the graph. */
  transient(name: string, shape: Shape, dtype?: DType): Tensor {
    return this.#graph.transient(name, shape, dtype);
  }

  /** Adds one dispatch to the graph. */
  add(record: KernelRecord): void {
    this.#graph.add(record);
  }

  /** Remembers a differentiable op. */
  pullback(call: OpCall): void {
    this.#calls.push(call);
  }

  /**
   * Records the way back from `seeds`.
   * @param wanted the tensors to which gradients are asked for: parameters, inputs, or anything in between
   * @param sums where their gradients are added to what is there, in the order of `wanted` and like them, so that
   * several runs make one
   *   step; transients of their own when absent
   * @returns the gradient to each of them, in their order and like them; zero where nothing depends on one
   * @throws `tensor` error when a seed is not as large as its result
   */
  backward(seeds: readonly Seed[], wanted: readonly Tensor[], sums?: readonly Tensor[]): Tensor[] {
    for (const { of, gradient } of seeds) {
      ensure(
        elementCount(of.shape) === elementCount(gradient.shape),
        'tensor',
        () => `gradient of "${of.name}" expects [${of.shape.join(', ')}], got [${gradient.shape.join(', ')}]`,
      );
    }
    const walk = new Walk(this.#graph, this.#facts, {
      needed: this.#needed(wanted),
      wanted: new Set(wanted.map(owner)),
    });
    sums?.forEach((sum, i) => {
      const of = wanted[i];
      if (of) walk.addTo(of, sum);
    });
    for (const { of, gradient } of seeds) walk.give(of, gradient);
    for (const call of this.#calls.toReversed()) pull(walk, call);
    return wanted.map((tensor) => walk.gradient(tensor) ?? fill(this.#graph, zeros(this.#graph, tensor), 0));
  }

  /** The wanted tensors and everything that depends on one. */
  #needed(wanted: readonly Tensor[]): ReadonlySet<Tensor> {
    const needed = new Set(wanted.map(owner));
    for (const call of this.#calls) {
      const depends = inputsOf(call).some((input) => input && needed.has(owner(input)));
      if (depends) for (const output of outputsOf(call)) needed.add(owner(output));
    }
    return needed;
  }
}

const zeros = (g: Recorder, of: Tensor): Tensor => g.transient(`gradient of ${of.name}`, of.shape);

/** One walk: the gradients found so far, by the tensor that owns the memory. */
class Walk implements Backward {
  readonly g: Recorder;
  readonly facts: KernelFacts;
  readonly #needed: ReadonlySet<Tensor>;
  /** Those whose gradients are asked for, so that all of each must be in one tensor. */
  readonly #wanted: ReadonlySet<Tensor>;
  readonly #sums = new Map<Tensor, Sum>();
  /** Parts that are still to be scaled, by the tensor to whose gradient they belong: one each. */
  readonly #scaled = new Map<Tensor, ScaledGradient>();

  constructor(
    graph: Recorder,
    facts: KernelFacts,
    { needed, wanted }: Readonly<Record<'needed' | 'wanted', ReadonlySet<Tensor>>>,
  ) {
    // a recorder of its own, without `pullback`: the way back is not differentiated
    this.g = { transient: (...args) => graph.transient(...args), add: (record) => graph.add(record) };
    this.facts = facts;
    this.#needed = needed;
    this.#wanted = wanted;
  }

  /** Lets the gradient to a tensor be added to `sum`, which counts already. */
  addTo(tensor: Tensor, sum: Tensor): void {
    this.#sums.set(owner(tensor), { tensor: sum, own: true });
  }

  wants(tensor: Tensor | undefined): boolean {
    return tensor !== undefined && this.#needed.has(owner(tensor));
  }

  reaches(tensor: Tensor): boolean {
    return this.#sums.has(owner(tensor)) || this.#unscaled(tensor).length > 0;
  }

  gradient(tensor: Tensor): Tensor | undefined {
    for (const part of this.#unscaled(tensor)) this.#scale(part);
    const key = owner(tensor);
    const found = this.#sums.get(key)?.tensor;
    return found && (`${found.shape}` === `${tensor.shape}` ? found : view(found, tensor.shape));
  }

  mayOverwrite(tensor: Tensor): boolean {
    const key = owner(tensor);
    return this.#sums.get(key)?.own === true && !this.#wanted.has(key);
  }

  give(tensor: Tensor, gradient: Tensor): void {
    if (!this.wants(tensor)) return;
    const key = owner(tensor);
    const sum = this.#sums.get(key);
    if (!sum) this.#sums.set(key, { tensor: gradient, own: false });
    else if (sum.own) addInto(this.g, { a: gradient, target: { tensor: sum.tensor, offset: 0 }, keep: true });
    else {
      const target = zeros(this.g, key);
      addInto(this.g, { a: sum.tensor, b: gradient, target: { tensor: target, offset: 0 }, keep: false });
      this.#sums.set(key, { tensor: target, own: true });
    }
  }

  into(tensor: Tensor): Target {
    const key = owner(tensor);
    const sum = this.#sums.get(key);
    const target = sum?.own ? sum.tensor : zeros(this.g, key);
    if (sum && !sum.own) addInto(this.g, { a: sum.tensor, target: { tensor: target, offset: 0 }, keep: false });
    this.#sums.set(key, { tensor: target, own: true });
    return { tensor: target, keep: sum !== undefined };
  }

  giveScaled(part: ScaledGradient): void {
    const key = owner(part.input);
    const before = this.#scaled.get(key);
    if (before) this.#scale(before);
    this.#scaled.set(key, part);
  }

  takeScaled(tensor: Tensor): ScaledGradient | undefined {
    const key = owner(tensor);
    const part = this.#scaled.get(key);
    if (this.#wanted.has(key) || `${part?.input.shape}` !== `${tensor.shape}`) return undefined;
    this.#scaled.delete(key);
    return part;
  }

  /** The parts that a tensor's gradient lacks. */
  #unscaled(tensor: Tensor): ScaledGradient[] {
    const key = owner(tensor);
    const parts = [...this.#scaled.values()];
    return parts.filter(({ input, scale }) => owner(input) === key || owner(scale.tensor) === key);
  }

  /** Adds a part to the gradients it belongs to. */
  #scale(part: ScaledGradient): void {
    this.#scaled.delete(owner(part.input));
    scaleBackward(this, part);
  }

  giveSlice({ tensor, offset }: Slice, gradient: Tensor): void {
    if (!this.wants(tensor)) return;
    const key = owner(tensor);
    if (elementCount(gradient.shape) === elementCount(key.shape)) {
      this.give(tensor, gradient);
      return;
    }
    addInto(this.g, { a: gradient, target: { tensor: this.#ownSum(key), offset }, keep: true });
  }

  intoSlice({ tensor, offset }: Slice, count: number): Target & Slice {
    const key = owner(tensor);
    if (count === elementCount(key.shape)) return { ...this.into(tensor), offset };
    return { tensor: this.#ownSum(key), offset, keep: true };
  }

  /** A gradient that parts can be added to: the walk's own, and zero where nothing was given. */
  #ownSum(key: Tensor): Tensor {
    const sum = this.#sums.get(key);
    if (sum?.own) return sum.tensor;
    const target = zeros(this.g, key);
    if (sum) addInto(this.g, { a: sum.tensor, target: { tensor: target, offset: 0 }, keep: false });
    else fill(this.g, target, 0);
    this.#sums.set(key, { tensor: target, own: true });
    return target;
  }
}
