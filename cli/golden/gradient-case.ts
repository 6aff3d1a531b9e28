/**
 * One golden case with gradients. Its pictures are recorded one after another into one tape, with the same weights, so
 * that gradients to weights are sums over the batch; then the way back is recorded, everything runs once, and all
 * `out.*` are compared.
 */

import { type Seed, Tape } from '../../src/gradients/tape.ts';
import { Graph } from '../../src/graph/graph.ts';
import { StagedRun } from '../../src/graph/staged-run.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { ConvWeights } from '../../src/models/conv-weights.ts';
import { checkpointOrder, type Parameter, TrainablePlan } from '../../src/models/trainable-plan.ts';
import { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { compileGraphs } from '../../src/runtime/compile.ts';
import { readTensors } from '../../src/runtime/kernel-run.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { deviceMemory } from '../../src/runtime/staged-memory.ts';
import { elementCount, type Shape, type Tensor, tensor } from '../../src/tensor.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import {
  batchEntry,
  type Difference,
  difference,
  type Golden,
  type GoldenTensor,
  goldenTensor,
} from './golden-file.ts';
import { type CaseRecorder, type Layout, weightSource } from './op-case.ts';

/** A result to compare: `out.NAME` is what these tensors hold, one after another. */
interface Compared {
  readonly name: string;
  readonly tensors: readonly Tensor[];
  readonly layout: Layout | undefined;
}

/** Every tensor of a graph can be read after the run. */
class ReadableGraph extends Graph {
  override transient(name: string, shape: Shape): Tensor {
    return tensor(name, shape);
  }
}

/** A case under construction. */
export class GradientCase {
  readonly golden: Golden;
  readonly facts: KernelFacts;
  readonly #graph = new ReadableGraph('golden gradients');
  readonly tape: Tape;
  readonly plan: TrainablePlan;
  readonly weights: ConvWeights;
  /** Pictures of the batch. */
  readonly batch: number;
  readonly #source: Pick<WeightSource, 'name' | 'tensors' | 'stream'>;
  readonly #keyOf: (name: string) => string;
  readonly #values = new Map<string, { tensor: Tensor; data: Float32Array }>();
  readonly #named = new Map<string, { tensors: Tensor[]; layout: Layout | undefined }>();

  readonly #averages: Compared[] = [];
  readonly #starts: Seed[] = [];

  /** @param keyOf our checkpoint key of a weight `w.NAME`, given NAME */
  constructor(golden: Golden, facts: KernelFacts, keyOf: (name: string) => string) {
    this.golden = golden;
    this.facts = facts;
    this.tape = new Tape(this.#graph, facts);
    this.#source = weightSource(golden, keyOf);
    this.#keyOf = keyOf;
    this.plan = new TrainablePlan(this.#source.tensors, this.tape);
    this.weights = new ConvWeights(this.plan, facts, this.tape);
    const inputs = [...golden.tensors].filter(([name]) => name.startsWith('in.'));
    this.batch = Math.max(...inputs.map(([, { shape }]) => shape[0] ?? 1));
  }

  /** Picture `n` as the op functions see it. */
  picture(n: number): CaseRecorder {
    const { golden, facts, plan, weights, tape } = this;
    return {
      golden,
      facts,
      plan,
      weights,
      graph: tape,
      shape: (name) => goldenTensor(golden, name).shape,
      input: (name, shape) => this.input(name, n, shape),
      values: (name, shape, values) => this.values(name, n, shape, values),
      expect: (name, result, layout) => this.name(name, n, result, layout),
    };
  }

  /** `in.NAME` of picture `n`; what has no batch is one tensor for all. Its gradient is `out.grad_NAME`. */
  input(name: string, n: number, shape?: Shape): Tensor {
    const golden = goldenTensor(this.golden, `in.${name}`);
    const made = this.values(`in.${name}`, n, shape ?? golden.shape.slice(1), golden);
    this.name(name, n, made, undefined);
    return made;
  }

  /** A tensor with the values of picture `n`. */
  values(name: string, n: number, shape: Shape, values: GoldenTensor): Tensor {
    const key = (values.shape[0] ?? 1) === 1 ? name : `${name} ${n}`;
    const known = this.#values.get(key);
    if (known) return known.tensor;
    const made = tensor(key, shape);
    this.#values.set(key, { tensor: made, data: batchEntry(values, n).slice() });
    return made;
  }

  /**
   * Names a tensor of picture `n`: `out.NAME` is its value, `out.grad_NAME` its gradient, `in.grad_NAME` where
   * gradients start.
   */
  name(name: string, n: number, result: Tensor, layout?: Layout): void {
    const named = this.#named.get(name) ?? { tensors: [], layout };
    if (!named.tensors.includes(result)) named.tensors[n] = result;
    this.#named.set(name, named);
  }

  /** A result whose mean over these tensors is `out.NAME`. */
  average(name: string, tensors: readonly Tensor[]): void {
    this.#averages.push({ name, tensors, layout: undefined });
  }

  /** Starts the way back from a result `[1]` with this gradient. */
  start(of: Tensor, value: number): void {
    const shape = [1, 1];
    const gradient = this.values(`gradient of ${of.name} ${this.#starts.length}`, 0, [1], {
      shape,
      data: Float32Array.of(value),
    });
    this.#starts.push({ of, gradient });
  }

  /** Where the weight `w.NAME` lies on the device. */
  parameter(name: string): Parameter | undefined {
    return this.plan.parameters.get(this.#keyOf(name));
  }

  /** Records the way back, runs everything and compares every `out.*`; one that was not computed counts as infinitely far. */
  async run(device: GPUDevice): Promise<Difference[]> {
    const compared = [...this.#outputs(), ...this.#gradients()];
    const buffers = new DeviceBuffers(device);
    try {
      const tensors = [...new Set([...compared, ...this.#averages].flatMap((c) => c.tensors))];
      const inputs = [...this.#values.values()].map((value) => value.tensor);
      const { prepare, targets } = this.plan;
      const lasting = [...this.#graph.persistentTensors(), ...inputs, ...tensors, ...targets];
      await buffers.allocate([...prepare.persistentTensors(), ...lasting]);
      const pipelines = PipelineCache.of(device);
      const preparing = new StagedRun(prepare, new Set(), deviceMemory(buffers, pipelines));
      await this.plan.load(this.#source, preparing);
      await preparing.finish();
      for (const { tensor: input, data } of this.#values.values()) buffers.write(input, data);
      const program = await compileGraphs(buffers, pipelines, [this.#graph]);
      program.executables[0]?.submit(device);
      const bytes = await readTensors(buffers, tensors);
      const read = (t: Tensor): Float32Array => {
        return new Float32Array(bytes[tensors.indexOf(t)] ?? new ArrayBuffer(0), 0, elementCount(t.shape));
      };
      return this.#compare(compared, read);
    } finally {
      buffers.destroy();
    }
  }

  #outputs(): Compared[] {
    return [...this.#named].flatMap(([name, { tensors, layout }]) =>
      this.golden.tensors.has(`out.${name}`) ? [{ name, tensors, layout }] : [],
    );
  }

  #gradients(): Compared[] {
    const given = [...this.#named].flatMap(([name, { tensors }]) => this.#seeds(name, tensors));
    const seeds = [...given, ...this.#starts];
    const wanted = [...this.golden.tensors.keys()].flatMap((key) => this.#wanted(key));
    const gradients = this.tape.backward(
      seeds,
      wanted.flatMap(({ tensors }) => tensors),
    );
    let at = 0;
    return wanted.map(({ name, tensors, layout }) => {
      const found = gradients.slice(at, at + tensors.length);
      at += tensors.length;
      return { name, tensors: found, layout };
    });
  }

  #seeds(name: string, tensors: readonly Tensor[]): Seed[] {
    const cotangent = this.golden.tensors.get(`in.grad_${name}`);
    if (!cotangent) return [];
    return tensors.map((of, n) => {
      const batch = tensors.length;
      const size = elementCount(of.shape);
      const data = folded(cotangent.data, batch * size);
      return { of, gradient: this.values(`in.grad_${name}`, n, of.shape, { shape: [batch, size], data }) };
    });
  }

  /** The tensors to which `out.grad_NAME` is the gradient. */
  #wanted(key: string): Compared[] {
    if (!key.startsWith('out.grad_')) return [];
    const name = key.slice('out.grad_'.length);
    const named = this.#named.get(name);
    if (named) return [{ name: `grad_${name}`, tensors: named.tensors, layout: named.layout }];
    const part = this.#partOfPicture(name);
    if (part) return [{ name: `grad_${name}`, tensors: this.#named.get('x')?.tensors ?? [], layout: part }];
    const parameter = this.parameter(name);
    if (!parameter) return [];
    const layout: Layout = (values) => checkpointOrder(parameter, values);
    return [{ name: `grad_${name}`, tensors: [parameter.tensor], layout }];
  }

  /**
   * Of the gradient to a large picture, `grad_norm` is its length, `grad_window` the rows, then columns `[from, to)` of
   * `window`.
   */
  #partOfPicture(name: string): Layout | undefined {
    if (name === 'norm')
      return (values) => Float32Array.of(Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)));
    if (name !== 'window') return undefined;
    const [top = 0, bottom = 0, left = 0, right = 0] = this.golden.entry.window as number[];
    const [, channels = 1, height = 1, width = 1] = goldenTensor(this.golden, 'in.x').shape;
    const rows = Array.from({ length: channels * (bottom - top) }, (_, i) => {
      return Math.floor(i / (bottom - top)) * height + top + (i % (bottom - top));
    });
    return (values) =>
      Float32Array.from(rows.flatMap((row) => [...values.subarray(row * width + left, row * width + right)]));
  }

  #compare(compared: readonly Compared[], read: (t: Tensor) => Float32Array): Difference[] {
    const found = compared.map(({ name, tensors, layout }) => {
      const values = tensors.flatMap((t) => [...(layout?.(read(t)) ?? read(t))]);
      return difference(name, Float32Array.from(values), goldenTensor(this.golden, `out.${name}`).data);
    });
    for (const { name, tensors } of this.#averages) {
      const values = tensors.flatMap((t) => [...read(t)]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      found.push(difference(name, Float32Array.of(mean), goldenTensor(this.golden, `out.${name}`).data));
    }
    const names = new Set(found.map(({ output }) => `out.${output}`));
    const missing = [...this.golden.tensors.keys()].filter((key) => key.startsWith('out.') && !names.has(key));
    const far = Number.POSITIVE_INFINITY;
    return [...found, ...missing.map((key) => ({ output: `${key} (not computed)`, maxAbs: far, relativeL2: far }))];
  }
}

/** Sums over neighbours, where one of ours stands for several of the golden's: an offset for all taps. */
function folded(values: Float32Array, count: number): Float32Array {
  const each = values.length / count;
  return Float32Array.from({ length: count }, (_, i) =>
    values.subarray(i * each, (i + 1) * each).reduce((sum, value) => sum + value, 0),
  );
}
