/**
 * One golden case of a single op or block: builds its graph with our op functions, feeds it the batch entries one at a
 * time (the engine works on one picture), and compares every output.
 */

import { StagedRun } from '../../src/graph/staged-run.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import type { Recorder } from '../../src/kernels/kernel.ts';
import { ConvWeights } from '../../src/models/conv-weights.ts';
import { WeightPlan } from '../../src/models/weight-plan.ts';
import { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { compileGraphs } from '../../src/runtime/compile.ts';
import { KernelRun, readTensors } from '../../src/runtime/kernel-run.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { deviceMemory } from '../../src/runtime/staged-memory.ts';
import { elementCount, type Shape, type Tensor, tensor } from '../../src/tensor.ts';
import type { TensorInfo, WeightSource } from '../../src/weights/weight-source.ts';
import {
  batchEntry,
  type Difference,
  difference,
  type Golden,
  type GoldenTensor,
  goldenTensor,
} from './golden-file.ts';

/** Turns computed values into the golden's layout, e.g. repeats an offset over the taps. */
export type Layout = (values: Float32Array) => Float32Array;

interface ExpectedOutput {
  readonly name: string;
  readonly tensor: Tensor;
  readonly layout: Layout | undefined;
}

/** What an op of a golden folder is recorded through: its inputs and weights, and what is compared. */
export interface CaseRecorder {
  readonly golden: Golden;
  readonly graph: Recorder;
  readonly facts: KernelFacts;
  readonly plan: WeightPlan;
  readonly weights: ConvWeights;
  /** Shape of golden tensor `name`. */
  shape(name: string): Shape;
  /** `in.NAME` without its batch dimension, under another shape where one is given. */
  input(name: string, shape?: Shape): Tensor;
  /** A tensor with values made from the golden's; its first dimension is the batch. */
  values(name: string, shape: Shape, values: GoldenTensor): Tensor;
  /** Compares `tensor` with `out.NAME`. */
  expect(name: string, tensor: Tensor, layout?: Layout): void;
}

/** A case under construction: `input`, `weights` and `expect` are called while its graph is recorded in `graph`. */
export class OpCase implements CaseRecorder {
  readonly golden: Golden;
  readonly graph = new KernelRun('golden');
  readonly facts: KernelFacts;
  readonly plan: WeightPlan;
  readonly weights: ConvWeights;
  readonly #source: Pick<WeightSource, 'name' | 'tensors' | 'stream'>;
  readonly #inputs: { tensor: Tensor; values: GoldenTensor }[] = [];
  readonly #outputs: ExpectedOutput[] = [];
  readonly #cleared: Tensor[] = [];

  /** @param keyOf our checkpoint key of a weight `w.NAME`, given NAME */
  constructor(golden: Golden, facts: KernelFacts, keyOf: (name: string) => string) {
    this.golden = golden;
    this.facts = facts;
    this.#source = weightSource(golden, keyOf);
    this.plan = new WeightPlan(this.#source.tensors);
    this.weights = new ConvWeights(this.plan, facts);
  }

  /** Shape of golden tensor `name`. */
  shape(name: string): Shape {
    return goldenTensor(this.golden, name).shape;
  }

  /** `in.NAME` without its batch dimension, under another shape where one is given. */
  input(name: string, shape: Shape = this.shape(`in.${name}`).slice(1)): Tensor {
    return this.values(`in.${name}`, shape, goldenTensor(this.golden, `in.${name}`));
  }

  /** A tensor with values made from the golden's; its first dimension is the batch. */
  values(name: string, shape: Shape, values: GoldenTensor): Tensor {
    const made = tensor(name, shape);
    this.#inputs.push({ tensor: made, values });
    return made;
  }

  /** A state that is zero when a batch entry starts. */
  cleared(state: Tensor): Tensor {
    this.#cleared.push(state);
    return state;
  }

  /** Compares `tensor` with `out.NAME`. */
  expect(name: string, tensor: Tensor, layout?: Layout): void {
    this.#outputs.push({ name, tensor, layout });
  }

  /** Runs all batch entries. */
  async run(device: GPUDevice): Promise<Difference[]> {
    const buffers = new DeviceBuffers(device);
    const tensors = this.#outputs.map((output) => output.tensor);
    try {
      const inputs = this.#inputs.map((input) => input.tensor);
      const { prepare, targets } = this.plan;
      const lasting = [...this.graph.persistentTensors(), ...inputs, ...tensors, ...targets];
      await buffers.allocate([...prepare.persistentTensors(), ...lasting]);
      const pipelines = PipelineCache.of(device);
      const preparing = new StagedRun(prepare, new Set(), deviceMemory(buffers, pipelines));
      await this.plan.load(this.#source, preparing);
      await preparing.finish();
      const program = await compileGraphs(buffers, pipelines, [this.graph]);
      const collected: Float32Array[][] = tensors.map(() => []);
      for (let n = 0; n < this.#batch(); n++) {
        for (const { tensor: input, values } of this.#inputs) buffers.write(input, batchEntry(values, n).slice());
        for (const state of this.#cleared) buffers.write(state, new Float32Array(elementCount(state.shape)));
        program.executables[0]?.submit(device);
        (await readTensors(buffers, tensors)).forEach((bytes, i) => {
          const values = new Float32Array(bytes, 0, elementCount(tensors[i]?.shape ?? []));
          collected[i]?.push(this.#outputs[i]?.layout?.(values) ?? values);
        });
      }
      return this.#outputs.map(({ name }, i) => this.#compare(name, collected[i] ?? []));
    } finally {
      buffers.destroy();
    }
  }

  /** Entries to run: the most that any input has. */
  #batch(): number {
    return Math.max(...this.#inputs.map(({ values }) => values.shape[0] ?? 1));
  }

  #compare(name: string, entries: readonly Float32Array[]): Difference {
    const all = new Float32Array(entries.reduce((sum, entry) => sum + entry.length, 0));
    let at = 0;
    for (const entry of entries) {
      all.set(entry, at);
      at += entry.length;
    }
    return difference(name, all, goldenTensor(this.golden, `out.${name}`).data);
  }
}

/** The golden's `w.*` as a source of weights under our keys. */
export function weightSource(
  golden: Golden,
  keyOf: (name: string) => string,
): Pick<WeightSource, 'name' | 'tensors' | 'stream'> {
  const weights = [...golden.tensors].filter(([name]) => name.startsWith('w.'));
  const named = weights.map(([name, { shape, data }]) => {
    const info: TensorInfo = { name: keyOf(name.slice(2)), shape, dtype: 'f32' };
    return { info, data };
  });
  return {
    name: `${golden.entry.name}.safetensors`,
    tensors: new Map(named.map(({ info }) => [info.name, info])),
    async stream(visit) {
      for (const { info, data } of named) {
        await visit(info, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 0);
      }
    },
  };
}
