/**
 * Runs a network on a device: loads weights, compiles its graphs into one program, replays them in the order of the
 * method. It knows the method's steps but neither pictures nor files; see `hyperstyle.ts` for those.
 */

import { ensure, HyperStyleError, throwIfAborted } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { StagedRun } from '../graph/staged-run.ts';
import { DeviceBuffers } from '../runtime/buffers.ts';
import { compileGraphs, type Program } from '../runtime/compile.ts';
import type { OpenDevice } from '../runtime/device.ts';
import type { Executable } from '../runtime/executable.ts';
import { PipelineCache } from '../runtime/pipelines.ts';
import { Readback } from '../runtime/readback.ts';
import { deviceMemory } from '../runtime/staged-memory.ts';
import { byteLength, type Tensor } from '../tensor.ts';
import { type KernelReport, type StartedNetwork, type StartUpOptions, startUp } from '../tuning/start-up.ts';
import type { StreamOptions, WeightSource } from '../weights/weight-source.ts';
import type { GraphName, HyperStyleNetwork } from './hyperstyle-network.ts';

/**
 * Work in one submit: what a display or a driver's watchdog can wait for. CPU adapters do about 1 GFLOP a second, integrated GPUs 100; the
 * largest dispatch of the published models is 19 GFLOP.
 */
const FLOPS_PER_SUBMIT = { software: 5e8, gpu: 2e10 } as const;

/** Steps in the paper. */
export const DEFAULT_STEPS = 5;

/** Graphs of an inversion, in order: those of y_0, and those of each step after it. */
export const INVERSION_GRAPHS = {
  start: ['encode', 'untune', 'style', 'demodulate', 'synthesize', 'measure'],
  step: ['refine', 'retune', 'demodulate', 'synthesize', 'measure'],
} as const satisfies Readonly<Record<string, readonly GraphName[]>>;

/** GPU memory of a loaded model in bytes. */
export interface MemoryUse {
  /** Weights and the state that lives as long as the model. */
  readonly weights: number;
  /** Slots of intermediate tensors, shared by all graphs, and uniforms. */
  readonly activations: number;
  /** What the intermediates would take without sharing. */
  readonly activationsUnshared: number;
  /** Everything alive now, pictures included. */
  readonly total: number;
  /** Largest `total` so far. */
  readonly peak: number;
}

/** A network, compiled and loaded. Its methods must not overlap; `exclusive` queues them. */
export class Engine {
  readonly network: HyperStyleNetwork;
  readonly buffers: DeviceBuffers;
  readonly pipelines: PipelineCache;
  readonly readback: Readback;
  readonly opened: OpenDevice;
  /** Which kernels run, and what was not as chosen. */
  readonly kernels: KernelReport;
  readonly #executables = new Map<GraphName, Executable>();
  readonly #weightBytes: number;
  #program: Program | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #gone: string | undefined;

  private constructor(
    { network, report }: StartedNetwork,
    opened: OpenDevice,
    buffers: DeviceBuffers,
    pipelines: PipelineCache,
  ) {
    this.network = network;
    this.kernels = report;
    this.opened = opened;
    this.buffers = buffers;
    this.pipelines = pipelines;
    this.readback = new Readback(buffers);
    this.#weightBytes = buffers.bytes;
    opened.device.lost.then(({ reason, message }) => {
      this.#gone ??= `the GPU was lost (${reason}${message ? `: ${message}` : ''}): load the model again`;
    });
  }

  /** Loads `source` onto a device; compiling runs beside the download. Frees everything when it fails. */
  static async load(
    source: WeightSource,
    opened: OpenDevice,
    options: StreamOptions & StartUpOptions = {},
  ): Promise<Engine> {
    const buffers = new DeviceBuffers(opened.device);
    let compiling: Promise<void> | undefined;
    try {
      const pipelines = new PipelineCache(opened.device);
      const started = await startUp({ ...options, ...opened, source, pipelines });
      const { network } = started;
      await buffers.allocate(network.lastingTensors());
      const engine = new Engine(started, opened, buffers, pipelines);
      compiling = engine.#compile();
      compiling.catch(() => undefined); // awaited below; a failed download is reported first
      await engine.#loadWeights(source, options);
      await compiling;
      throwIfAborted(options.signal);
      engine.writeDirections(source);
      engine.run('storedNoise');
      return engine;
    } catch (error) {
      await compiling?.catch(() => undefined); // it may still be allocating
      buffers.destroy();
      throw error;
    }
  }

  /** Streams the weights in and prepares each as soon as it is there, so that only what lasts adds up. */
  async #loadWeights(source: WeightSource, options: StreamOptions): Promise<void> {
    const { plan } = this.network;
    const memory = deviceMemory(this.buffers, this.pipelines);
    const prepare = new StagedRun(plan.prepare, this.network.temporaryTensors(), memory);
    await plan.load(source, prepare, options);
    await prepare.finish();
  }

  async #compile(): Promise<void> {
    const graphs = this.network.replayed();
    this.#program = await compileGraphs(
      this.buffers,
      this.pipelines,
      graphs.map(([, graph]) => graph),
    );
    this.#program.executables.forEach((executable, i) => {
      const name = graphs[i]?.[0];
      if (name) this.#executables.set(name, executable);
    });
  }

  get device(): GPUDevice {
    return this.opened.device;
  }

  /** A model's edit directions, one row each; zeros where it has none. */
  writeDirections(source: WeightSource): void {
    const { directions } = this.network.state;
    const rows = [...(source.directions?.values() ?? [])];
    const width = this.network.architecture.styleDim;
    const all = new Float32Array(byteLength(directions) / 4);
    rows.forEach((row, i) => {
      all.set(row.subarray(0, width), i * width);
    });
    this.write(directions, all);
  }

  /** Queues `work` behind everything queued before it. @throws `device` error when the GPU is lost or disposed of */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => {
      this.ensureAlive();
      return work();
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** @throws `device` error when the GPU is lost or the engine disposed of */
  ensureAlive(): void {
    if (this.#gone) throw new HyperStyleError('device', this.#gone);
  }

  /** Replays graphs in order; returns when they are submitted, not when they are done. */
  run(...names: readonly GraphName[]): void {
    this.ensureAlive();
    for (const name of names) this.#executables.get(name)?.submit(this.device, this.#submitBudget());
  }

  #submitBudget(): number {
    return FLOPS_PER_SUBMIT[this.opened.facts.software ? 'software' : 'gpu'];
  }

  /**
   * Latents → styles → picture after an edit.
   * @param firstRow first latent row that differs from the last run with the same weights: earlier layers are not run again
   */
  redraw(firstRow = 0): void {
    this.run('style', 'demodulate');
    const executable = this.#executables.get('synthesize');
    const point = this.network.resumePoints.findLast(({ latentRow }) => latentRow <= firstRow);
    const start = executable?.dispatches.findIndex(({ record }) => record === point?.record) ?? 0;
    executable?.submit(this.device, this.#submitBudget(), Math.max(0, start));
  }

  /** The compiled form of a graph, for benches and plans. */
  executable(name: GraphName): Executable | undefined {
    return this.#executables.get(name);
  }

  /** Compiles a further graph on this engine's buffers and pipelines; the caller disposes of it. */
  async compile(graph: Graph): Promise<Program> {
    await this.buffers.allocate(graph.persistentTensors());
    return compileGraphs(this.buffers, this.pipelines, [graph]);
  }

  /** Writes host values into a tensor. */
  write(tensor: Tensor, data: ArrayBufferView, byteOffset = 0): void {
    this.buffers.write(tensor, data, byteOffset);
  }

  /** A tensor's values. @throws `device` error when the GPU is lost meanwhile */
  async read(tensor: Tensor): Promise<Float32Array> {
    this.ensureAlive();
    const bytes = await this.readback.bytes(this.buffers.of(tensor), byteLength(tensor));
    return new Float32Array(bytes);
  }

  /** Copies one tensor's buffer to another buffer. */
  copy(from: GPUBuffer, to: GPUBuffer, bytes: number, toOffset = 0): void {
    const encoder = this.device.createCommandEncoder({ label: 'copy' });
    encoder.copyBufferToBuffer(from, 0, to, toOffset, bytes);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Codes and offsets back to none: Σ = 0. */
  clearSums(): void {
    const encoder = this.device.createCommandEncoder({ label: 'clear sums' });
    for (const sum of this.network.sums) encoder.clearBuffer(this.buffers.of(sum));
    this.device.queue.submit([encoder.finish()]);
  }

  /** x → base latents, no offsets, first reconstruction y_0 and its error. */
  start(): void {
    this.ensureAlive();
    ensure(
      this.network.architecture.encoder,
      'model',
      'this model has no W encoder, so it cannot invert a photo: convert it together with its w_encoder.pt',
    );
    this.clearSums();
    this.write(this.network.state.amounts, new Float32Array(byteLength(this.network.state.amounts) / 4));
    this.run(...INVERSION_GRAPHS.start);
  }

  /** One refinement: y_{t-1} → y_t and its error. */
  step(): void {
    this.ensureAlive();
    ensure(this.network.architecture.hypernetwork, 'model', 'this model has no hypernetwork: only y_0 can be computed');
    const { x, pooled, pair } = this.network.state;
    const [bytes, to] = [byteLength(x), this.buffers.of(pair)];
    this.copy(this.buffers.of(x), to, bytes);
    this.copy(this.buffers.of(pooled), to, bytes, bytes);
    this.run(...INVERSION_GRAPHS.step);
  }

  memory(): MemoryUse {
    const activations = this.#program?.bytes ?? 0;
    const { bytes, peakBytes } = this.buffers;
    const activationsUnshared = this.#program?.plan.unsharedBytes ?? 0;
    return { weights: this.#weightBytes, activations, activationsUnshared, total: bytes, peak: peakBytes };
  }

  /** Gives all GPU memory back, and the device when the engine opened it. */
  dispose(): void {
    this.#gone ??= 'this model was disposed of: load it again';
    this.buffers.destroy();
    if (this.opened.owned) this.opened.device.destroy();
  }
}
