/**
 * One device and everything on it: buffers, pipelines, slots, reading back, the queue of calls. Networks are mounted on it, as
 * many as fit; it knows none of them. Nothing here overlaps: calls queue (`exclusive`), so all networks share one set of slots.
 */
import { HyperStyleError, throwIfAborted } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { bufferBytes } from '../graph/memory.ts';
import { StagedRun } from '../graph/staged-run.ts';
import { byteLength, type Tensor } from '../tensor.ts';
import type { StreamOptions, WeightSource } from '../weights/weight-source.ts';
import { DeviceBuffers } from './buffers.ts';
import { Calls } from './calls.ts';
import { compileGraphs, type Program } from './compile.ts';
import type { OpenDevice } from './device.ts';
import { Life } from './life.ts';
import { type Mounted, MountedNetwork } from './mounted.ts';
import { lastingTensors, type Network, temporaryTensors } from './network.ts';
import { Pace } from './pace.ts';
import type { Patience } from './patience.ts';
import { PipelineCache } from './pipelines.ts';
import { Readback } from './readback.ts';
import { SlotPool } from './slots.ts';
import { deviceMemory } from './staged-memory.ts';

/** GPU memory in bytes. */
export interface MemoryUse {
  /** Weights and the state that lives as long as its network. */
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

/** What one mounted network takes besides slots, in bytes. */
interface MountedBytes {
  readonly weights: number;
  readonly uniforms: number;
  readonly unshared: number;
}

/** A device with networks mounted on it. Their graphs must not overlap in time; `exclusive` queues calls. */
export class Runtime {
  readonly opened: OpenDevice;
  readonly buffers: DeviceBuffers;
  readonly pipelines: PipelineCache;
  readonly readback: Readback;
  readonly slots: SlotPool;
  /** Ends when the GPU is lost or the runtime disposed of; whatever waits for the GPU waits by it. */
  readonly life: Life;
  /** How much work one submit may hold here. */
  readonly pace: Pace;
  readonly #mounted = new Set<MountedBytes>();
  readonly #calls: Calls;

  constructor(opened: OpenDevice) {
    this.opened = opened;
    this.life = new Life(opened.device);
    this.#calls = new Calls(this.life);
    this.buffers = new DeviceBuffers(opened.device);
    this.pipelines = PipelineCache.of(opened.device);
    this.readback = new Readback(this.buffers, this.life);
    this.slots = new SlotPool(this.buffers);
    this.pace = new Pace(opened.device.queue, opened.facts.software);
  }

  get device(): GPUDevice {
    return this.opened.device;
  }

  /**
   * Puts a network on the device: allocates what outlives a run, compiles its graphs on the shared slots while its weights
   * stream in, and prepares each weight as soon as it is there. Tensors that a mounted network has already are shared with it.
   * @param source undefined for a network without weights of its own
   * @throws `memory`, `shader`, `device` errors, those of the source, `aborted`; nothing of it stays allocated then
   */
  async mount<G extends string>(
    network: Network<G>,
    source?: Pick<WeightSource, 'name' | 'stream'>,
    options: StreamOptions = {},
  ): Promise<Mounted<G>> {
    return this.life.during((signal) => this.#mount(network, source, { ...options, signal }), {
      signal: options.signal,
      discard: (mounted) => mounted.dispose(),
    });
  }

  async #mount<G extends string>(
    network: Network<G>,
    source: Pick<WeightSource, 'name' | 'stream'> | undefined,
    options: StreamOptions,
  ): Promise<Mounted<G>> {
    const own = lastingTensors(network).filter((tensor) => !this.buffers.has(tensor));
    let compiling: Promise<Program> | undefined;
    let program: Program | undefined;
    try {
      await this.buffers.allocate(own);
      compiling = this.compile([...network.graphs.values()]);
      compiling.catch(() => undefined); // awaited below; a failed download is reported first
      if (source) await this.#load(network, source, options);
      program = await compiling;
      throwIfAborted(options.signal);
    } catch (error) {
      program = await compiling?.catch(() => undefined); // it may still be allocating
      program?.dispose();
      this.buffers.free([...own, ...temporaryTensors(network)]);
      throw error;
    }
    return this.#keep(network, own, program);
  }

  #keep<G extends string>(network: Network<G>, own: readonly Tensor[], program: Program): Mounted<G> {
    const weights = own.reduce((sum, tensor) => sum + bufferBytes(byteLength(tensor)), 0);
    const bytes = { weights, uniforms: program.uniformBytes, unshared: program.unsharedBytes };
    this.#mounted.add(bytes);
    const release = (): void => {
      this.#mounted.delete(bytes);
      program.dispose();
      this.buffers.free(own);
    };
    const named = [...network.graphs.keys()].flatMap((name, i) => {
      const executable = program.executables[i];
      return executable ? [[name, executable] as const] : [];
    });
    return new MountedNetwork(this, network, { executables: new Map(named), release });
  }

  /** Streams weights in and prepares each as soon as it is there, so that only what lasts adds up. */
  async #load(network: Network, source: Pick<WeightSource, 'name' | 'stream'>, options: StreamOptions): Promise<void> {
    const memory = deviceMemory(this.buffers, this.pipelines);
    const prepare = new StagedRun(network.plan.prepare, temporaryTensors(network), memory);
    await network.plan.load(source, prepare, options);
    await prepare.finish();
  }

  /** Compiles graphs on the shared slots; persistent tensors without memory get it. The caller disposes of the program. */
  async compile(graphs: readonly Graph[]): Promise<Program> {
    await this.buffers.allocate(graphs.flatMap((graph) => graph.persistentTensors()));
    return compileGraphs(this.buffers, this.pipelines, graphs, this.slots);
  }

  /** Queues `work` behind everything queued before it; see {@link Calls.exclusive}. */
  exclusive<T>(work: () => Promise<T>, patience: Omit<Patience<T>, 'ends'> = {}): Promise<T> {
    return this.#calls.exclusive(work, patience);
  }

  /** Awaits a caller's function in the middle of a call; see {@link Calls.outside}. */
  outside(callback: () => unknown, signal?: AbortSignal | undefined): Promise<void> {
    return this.#calls.outside(callback, signal);
  }

  /** @throws `device` error when the GPU is lost or the runtime disposed of */
  ensureAlive(): void {
    this.life.ensureAlive();
  }

  /** A persistent tensor's values. @throws `device` error when the GPU is lost meanwhile */
  async read(tensor: Tensor): Promise<Float32Array> {
    this.ensureAlive();
    return new Float32Array(await this.readback.bytes(this.buffers.of(tensor), byteLength(tensor)));
  }

  /** Copies `bytes` bytes of one buffer into another. @param offsets where they begin in each, in bytes; default 0 */
  copy(
    from: GPUBuffer,
    to: GPUBuffer,
    bytes: number,
    offsets: { readonly from?: number; readonly to?: number } = {},
  ): void {
    const encoder = this.device.createCommandEncoder({ label: 'copy' });
    encoder.copyBufferToBuffer(from, offsets.from ?? 0, to, offsets.to ?? 0, bytes);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Bytes of everything that is mounted, and of all else on the device. */
  memory(): MemoryUse {
    const sum = (part: keyof MountedBytes): number => [...this.#mounted].reduce((all, bytes) => all + bytes[part], 0);
    return {
      weights: sum('weights'),
      activations: this.slots.bytes + sum('uniforms'),
      activationsUnshared: sum('unshared'),
      total: this.buffers.bytes,
      peak: this.buffers.peakBytes,
    };
  }

  /** Gives all GPU memory back; the device stays as it is. */
  release(): void {
    this.life.end(new HyperStyleError('device', 'this model was disposed of: load it again'));
    this.buffers.destroy();
  }

  /** Gives all GPU memory back, and the device when this runtime's caller did not bring it. */
  dispose(): void {
    this.release();
    if (this.opened.owned) this.opened.device.destroy();
  }
}
