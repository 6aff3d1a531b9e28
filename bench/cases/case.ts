/**
 * What a kernel bench case is: an op at one layer's real sizes, its random operands, and a plain-loop reference for
 * part of its output. A case has a size that can shrink where an adapter would need too long for the real one.
 */
import { Graph } from '../../src/graph/graph.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { elementCount, type Shape, type Tensor, tensor } from '../../src/tensor.ts';
import { randomValues } from './random.ts';

/** Operations and bytes of one execution. */
export interface Cost {
  readonly flops: number;
  /** Every buffer touched, counted once. */
  readonly bytes: number;
}

/** Values of a kernel's output and what a plain loop says they are. */
export interface Sampled {
  readonly actual: number[];
  readonly expected: number[];
}

/** A case at one size, recorded and ready to compile. */
export interface BuiltCase {
  /** Transforms of constant weights, run once before. */
  readonly prepare: Graph;
  /** What is timed. */
  readonly graph: Graph;
  readonly operands: ReadonlyMap<Tensor, Float32Array<ArrayBuffer>>;
  /** Persistent; holds the result. */
  readonly output: Tensor;
  /** Picks values of the output and computes them again with plain loops. */
  sample(output: Float32Array): Sampled;
}

/** One kernel at one layer's shape. */
export interface KernelCase {
  readonly network: string;
  readonly name: string;
  /** How often its network runs it. */
  readonly count: number;
  /** What can shrink: possible values from the real one down, and their unit. */
  readonly sizes: readonly number[];
  readonly unit: string;
  /** Shapes in words. */
  what(size: number): string;
  cost(size: number): Cost;
  build(size: number, facts: KernelFacts): BuiltCase;
}

/**
 * The largest size whose execution should take at most `seconds`, given what one at the smallest size took (pure). Small
 * sizes are less efficient than large ones, so the guess errs on the slow side.
 */
export function chooseSize(
  sizes: readonly number[],
  cost: (size: number) => Cost,
  secondsAtSmallest: number,
  seconds: number,
): number {
  const smallest = sizes.at(-1) ?? 1;
  const base = cost(smallest);
  const expected = (size: number): number => {
    const { flops, bytes } = cost(size);
    return secondsAtSmallest * Math.max(flops / base.flops, bytes / base.bytes);
  };
  return sizes.find((size) => expected(size) <= seconds) ?? smallest;
}

/** `from`, half of it, … down to `to`. */
export function halvings(from: number, to: number): number[] {
  const sizes = [from];
  for (let size = from / 2; size >= to && Number.isInteger(size); size /= 2) sizes.push(size);
  return sizes;
}

/** Bytes of f32 tensors. */
export function floatBytes(...shapes: readonly Shape[]): number {
  return 4 * shapes.reduce((sum, shape) => sum + elementCount(shape), 0);
}

/** Collects a case's graphs and its operands' values. */
export class CaseBuilder {
  readonly prepare: Graph;
  readonly graph: Graph;
  readonly operands = new Map<Tensor, Float32Array<ArrayBuffer>>();

  constructor(name: string) {
    this.prepare = new Graph(`${name} prepare`);
    this.graph = new Graph(name);
  }

  /** A random operand, uniform in `offset ± spread`. */
  operand(name: string, shape: Shape, spread = 1, offset = 0): { tensor: Tensor; values: Float32Array<ArrayBuffer> } {
    const made = tensor(name, shape);
    const values = randomValues(this.operands.size, elementCount(shape), spread, offset);
    this.operands.set(made, values);
    return { tensor: made, values };
  }

  /** The finished case. */
  built(output: Tensor, sample: BuiltCase['sample']): BuiltCase {
    return { prepare: this.prepare, graph: this.graph, operands: this.operands, output, sample };
  }
}
