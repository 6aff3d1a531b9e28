/**
 * Runs one HyperStyle model by its schedule (`schedule.ts`) on a runtime. It knows the method's steps but neither pictures nor
 * files; see `../api/hyperstyle.ts` for those.
 */
import { ensure } from '../errors.ts';
import type { DeviceBuffers } from '../runtime/buffers.ts';
import type { OpenDevice } from '../runtime/device.ts';
import type { Executable } from '../runtime/executable.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { Patience } from '../runtime/patience.ts';
import type { PipelineCache } from '../runtime/pipelines.ts';
import { type MemoryUse, Runtime } from '../runtime/runtime.ts';
import { byteLength, type Tensor } from '../tensor.ts';
import { type KernelReport, type StartUpOptions, startUp } from '../tuning/start-up.ts';
import type { StreamOptions, WeightSource } from '../weights/weight-source.ts';
import { type HyperStyleGraph, HyperStyleNetwork } from './hyperstyle-network.ts';
import { GENERATION, INVERSION } from './schedule.ts';

/** What overwrites the sums that are active. */
const ACTIVATING: ReadonlySet<HyperStyleGraph> = new Set(['activate', 'deactivate']);

/** A copy of one tensor of a person's sums on the device, `offset` bytes into a buffer. */
export interface KeptSum {
  readonly buffer: GPUBuffer;
  readonly offset: number;
}

/** Values of a person on the host or a copy of them on the device: one entry a tensor of `HyperStyleNetwork.sums`. */
export type Sums = readonly (Float32Array | KeptSum)[];

/** One person's share in what is shown. */
export interface Share {
  readonly sums: Sums;
  /** How much of each tuned layer's offsets, by index in hypernetwork order: 1 is as inverted, 0 none. */
  readonly weight: (layer: number) => number;
}

/** A HyperStyle model, compiled and loaded. Its methods must not overlap; `runtime.exclusive` queues them. */
export class Engine {
  readonly network: HyperStyleNetwork;
  readonly runtime: Runtime;
  /** Which kernels run, and what was not as chosen. */
  readonly kernels: KernelReport;
  /** Edit directions by name, each `[styleDim]`. */
  readonly directions: ReadonlyMap<string, Float32Array>;
  readonly #mounted: Mounted<HyperStyleGraph>;
  #activation = 0;

  private constructor(
    runtime: Runtime,
    mounted: Mounted<HyperStyleGraph>,
    network: HyperStyleNetwork,
    kernels: KernelReport,
    directions: ReadonlyMap<string, Float32Array>,
  ) {
    this.runtime = runtime;
    this.network = network;
    this.kernels = kernels;
    this.directions = directions;
    this.#mounted = mounted;
  }

  /** Loads `source` onto a device; compiling runs beside the download. Frees everything when it fails. */
  static async load(
    source: WeightSource,
    opened: OpenDevice,
    options: StreamOptions & StartUpOptions = {},
  ): Promise<Engine> {
    const runtime = new Runtime(opened);
    const { life } = runtime;
    const work = (signal: AbortSignal): Promise<Engine> =>
      life.checked(() => Engine.#load(source, runtime, { ...options, signal }));
    try {
      return await life.during(work, { signal: options.signal });
    } catch (error) {
      runtime.release();
      throw error;
    }
  }

  static async #load(source: WeightSource, runtime: Runtime, options: StreamOptions & StartUpOptions): Promise<Engine> {
    const { opened, pipelines } = runtime;
    const build = (facts: OpenDevice['facts']) => HyperStyleNetwork.inPieces(source, facts);
    const { network, report } = await startUp({ ...options, ...opened, name: source.name, build, pipelines });
    const mounted = await runtime.mount(network, source, options);
    const engine = new Engine(runtime, mounted, network, report, source.directions ?? new Map());
    engine.run('storedNoise');
    return engine;
  }

  get opened(): OpenDevice {
    return this.runtime.opened;
  }

  get device(): GPUDevice {
    return this.runtime.device;
  }

  get buffers(): DeviceBuffers {
    return this.runtime.buffers;
  }

  get pipelines(): PipelineCache {
    return this.runtime.pipelines;
  }

  /** Queues `work` behind everything queued before it; see `Calls.exclusive`. */
  exclusive<T>(work: () => Promise<T>, patience: Omit<Patience<T>, 'ends'> = {}): Promise<T> {
    return this.runtime.exclusive(work, patience);
  }

  /** Replays graphs and transfers in order. @throws `option` error for an unknown name, `device` when the GPU is lost */
  run(...names: readonly HyperStyleGraph[]): void {
    if (names.some((name) => ACTIVATING.has(name))) this.#activation++;
    this.#mounted.run(...names);
  }

  /** The compiled form of a graph, for benches and plans. @throws `option` error when there is none of that name */
  executable(name: HyperStyleGraph): Executable {
    return this.#mounted.executable(name);
  }

  /** Writes host values into a tensor. */
  write(tensor: Tensor, values: ArrayBufferView, byteOffset = 0): void {
    this.runtime.buffers.write(tensor, values, byteOffset);
  }

  /** A tensor's values. @throws `device` error when the GPU is lost meanwhile */
  read(tensor: Tensor): Promise<Float32Array> {
    return this.runtime.read(tensor);
  }

  /**
   * x → base latents, no offsets, first reconstruction y_0 and its error.
   * @param codes base latents that another encoder found in x `[latentCount, styleDim]`; the W encoder's when absent
   */
  start(codes?: Float32Array): void {
    if (codes) {
      this.write(this.network.state.base, codes);
      this.run(...INVERSION.start.filter((name) => name !== 'encode'));
      return;
    }
    ensure(
      this.network.encoder,
      'model',
      'this model has no W encoder, so it cannot invert a photo: convert it together with its w_encoder.pt',
    );
    this.run(...INVERSION.start);
  }

  /** One refinement: y_{t-1} → y_t and its error. */
  step(): void {
    ensure(
      this.network.hypernetwork,
      'model',
      'this model has no hypernetwork, only y_0 can be computed: pass steps: 0',
    );
    this.run(...INVERSION.step);
  }

  /** Keeps the error of y_t, to be read with those of the other steps. */
  keepError(index: number): void {
    const { error, errors } = this.network.state;
    this.runtime.copy(this.buffers.of(error), this.buffers.of(errors), byteLength(error), {
      to: index * byteLength(error),
    });
  }

  /** A picture of z, which has been written. */
  generate(): void {
    this.run(...GENERATION);
  }

  /**
   * Latents → styles → picture after an edit.
   * @param firstRow first latent row that differs from the last run with the same weights: earlier layers are not run again
   */
  show(firstRow = 0): void {
    const { resumePoints } = this.network.generator;
    const point = resumePoints.findLast(({ latentRow }) => latentRow <= firstRow);
    for (const name of INVERSION.show) {
      if (name !== 'synthesize') this.run(name);
      else this.#mounted.runFrom(name, point ? this.#dispatchOf(name, point) : 0);
    }
  }

  #dispatchOf(name: HyperStyleGraph, point: { readonly record: unknown }): number {
    const { dispatches } = this.executable(name);
    return Math.max(
      0,
      dispatches.findIndex(({ record }) => record === point.record),
    );
  }

  /** Re-tunes the generator to one person, as inverted; with no steps to the checkpoint's weights. */
  tune({ sums, steps }: { readonly sums: Sums; readonly steps: number }): void {
    this.activate([{ sums, weight: () => 1 }]);
    this.run(steps > 0 ? 'retune' : 'untune');
  }

  /**
   * What `retune` will read: one person's sums as they are, or several people's, weighted layer by layer. No hypernetwork runs.
   * The tensors of the sums hold the last person's afterwards.
   */
  activate(shares: readonly Share[]): void {
    const { hypernetwork } = this.network;
    if (!hypernetwork) return;
    const [only] = shares;
    if (only && shares.length === 1 && hypernetwork.weightLayers.every((layer) => only.weight(layer) === 1)) {
      this.writeSums(only.sums);
      this.run('activate');
      return;
    }
    this.run('deactivate');
    for (const { sums, weight } of shares) {
      this.writeSums(sums);
      this.write(hypernetwork.state.weights, Float32Array.from(hypernetwork.weightLayers, weight));
      this.run('mix');
    }
  }

  /** How often what is active was overwritten, by {@link activate} or by a step. */
  get activation(): number {
    return this.#activation;
  }

  /** Puts a person's sums where the hypernetwork keeps them. */
  writeSums(sums: Sums): void {
    this.network.sums.forEach((tensor, i) => {
      const values = sums[i];
      if (!values) return;
      if (values instanceof Float32Array) this.write(tensor, values);
      else this.runtime.copy(values.buffer, this.buffers.of(tensor), byteLength(tensor), { from: values.offset });
    });
  }

  memory(): MemoryUse {
    return this.runtime.memory();
  }

  /** Gives all GPU memory back, and the device when this engine's caller did not bring it. */
  dispose(): void {
    this.runtime.dispose();
  }
}
