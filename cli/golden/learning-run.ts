/**
 * What golden cases of optimisers and inversions run on: graphs compiled once and replayed, with weights from the
 * golden's `w.*`.
 */

import { Tape } from '../../src/gradients/tape.ts';
import { Graph } from '../../src/graph/graph.ts';
import { StagedRun } from '../../src/graph/staged-run.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { TrainablePlan } from '../../src/models/trainable-plan.ts';
import { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { compileGraphs, type Program } from '../../src/runtime/compile.ts';
import { readTensors } from '../../src/runtime/kernel-run.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { deviceMemory } from '../../src/runtime/staged-memory.ts';
import { elementCount, type Shape, type Tensor, tensor } from '../../src/tensor.ts';
import type { Golden, GoldenTensor } from './golden-file.ts';
import { weightSource } from './op-case.ts';

/** Graphs under construction, then running. */
export class LearningRun {
  readonly golden: Golden;
  readonly facts: KernelFacts;
  readonly graph = new Graph('learn');
  /** A second graph that runs by itself, before the first. */
  readonly before = new Graph('before');
  readonly tape: Tape;
  readonly #plans: TrainablePlan[] = [];
  readonly #states: { tensor: Tensor; values: Float32Array }[] = [];
  readonly #source: ReturnType<typeof weightSource>;
  #buffers: DeviceBuffers | undefined;
  #program: Program | undefined;

  constructor(golden: Golden, facts: KernelFacts) {
    this.golden = golden;
    this.facts = facts;
    this.tape = new Tape(this.graph, facts);
    this.#source = weightSource(golden, (name) => name);
  }

  /** The golden's weights, a copy of their own for each call. */
  plan(): TrainablePlan {
    const plan = new TrainablePlan(this.#source.tensors, this.tape);
    this.#plans.push(plan);
    return plan;
  }

  /** A tensor that outlives a run, and what it begins with; zeros when absent. */
  state(name: string, shape: Shape, values?: Float32Array): Tensor {
    const made = tensor(name, shape);
    this.#states.push({ tensor: made, values: values ?? new Float32Array(elementCount(shape)) });
    return made;
  }

  /** A state that begins with a golden's values. */
  given(name: string, { data }: GoldenTensor, shape: Shape): Tensor {
    return this.state(name, shape, data.slice(0, elementCount(shape)));
  }

  /** Allocates, loads and compiles. */
  async open(device: GPUDevice): Promise<void> {
    const buffers = new DeviceBuffers(device);
    this.#buffers = buffers;
    const pipelines = PipelineCache.of(device);
    const states = this.#states.map((state) => state.tensor);
    const lasting = [this.graph, this.before].flatMap((graph) => graph.persistentTensors());
    const prepared = this.#plans.flatMap((plan) => [...plan.prepare.persistentTensors(), ...plan.targets]);
    await buffers.allocate([...new Set([...states, ...lasting, ...prepared])]);
    for (const plan of this.#plans) {
      const preparing = new StagedRun(plan.prepare, new Set(), deviceMemory(buffers, pipelines));
      await plan.load(this.#source, preparing);
      await preparing.finish();
    }
    for (const { tensor: state, values } of this.#states) buffers.write(state, values);
    const graphs = [this.before, this.graph].filter(({ nodes }) => nodes.length > 0);
    this.#program = await compileGraphs(buffers, pipelines, graphs);
  }

  /** Runs one of the graphs once. */
  run(graph: Graph = this.graph): void {
    const device = this.#buffers?.device;
    const executable = this.#program?.executables.find(({ name }) => name === graph.name);
    if (device) executable?.submit(device);
  }

  /** Sets a state. */
  write(state: Tensor, values: Float32Array<ArrayBuffer>): void {
    this.#buffers?.write(state, values);
  }

  /** Reads tensors that outlive a run. */
  async read(...tensors: readonly Tensor[]): Promise<Float32Array[]> {
    if (!this.#buffers) return [];
    const bytes = await readTensors(this.#buffers, tensors);
    return bytes.map((data, i) => new Float32Array(data, 0, elementCount(tensors[i]?.shape ?? [])));
  }

  /** Gives everything back. */
  close(): void {
    this.#buffers?.destroy();
  }
}
