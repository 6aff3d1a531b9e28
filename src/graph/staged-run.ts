/**
 * Runs a graph once, piece by piece, while its inputs arrive: memory for what only this graph uses is made when the first bytes
 * come and given back when the last record that needs it has run, so that it never adds up.
 */
import type { KernelRecord } from '../kernels/kernel.ts';
import { byteLength, owner, type Tensor } from '../tensor.ts';
import { Arrivals } from './arrivals.ts';
import type { Graph } from './graph.ts';
import { bufferBytes } from './memory.ts';
import { packUniforms } from './uniforms.ts';

/** Temporary memory that waits for its records before they run; one larger tensor may exceed it. */
const BATCH_BYTES = 8 * 2 ** 20;
/** Bytes written before the GPU must have caught up: what the queue may hold besides the tensors. */
const AHEAD_BYTES = 32 * 2 ** 20;

/** Where the values of a model go while it loads. */
export interface WeightSink {
  /** Room for a tensor that is about to be written. @throws `memory` error */
  open(tensor: Tensor): Promise<void>;
  /** Writes bytes at an offset in bytes; `tensor` is open. */
  write(tensor: Tensor, data: ArrayBufferView, byteOffset?: number): void;
  /** Everything of `tensor` has been written. */
  close(tensor: Tensor): Promise<void>;
}

/** What a staged run does with memory; {@link rehearsal} only counts. */
export interface StagedMemory {
  allocate(tensors: readonly Tensor[]): Promise<void>;
  write(tensor: Tensor, data: ArrayBufferView, byteOffset: number): void;
  /** Waits until the GPU has done everything so far. */
  settle(): Promise<void>;
  run(records: readonly KernelRecord[]): Promise<void>;
  free(tensors: readonly Tensor[]): void;
}

/** A graph that runs while its inputs are written. */
export class StagedRun implements WeightSink {
  readonly #memory: StagedMemory;
  readonly #arrivals: Arrivals;
  readonly #temporary: ReadonlySet<Tensor>;
  readonly #open = new Set<Tensor>();
  #ready: KernelRecord[] = [];
  #readyBytes = 0;
  #ahead = 0;

  /** @param temporary tensors that only `graph` uses; all others are allocated already */
  constructor(graph: Graph, temporary: ReadonlySet<Tensor>, memory: StagedMemory) {
    this.#memory = memory;
    this.#temporary = temporary;
    this.#arrivals = new Arrivals(graph.nodes, temporary);
  }

  async open(tensor: Tensor): Promise<void> {
    if (this.#ahead > AHEAD_BYTES) {
      this.#ahead = 0;
      await this.#memory.settle();
    }
    await this.#allocate([tensor]);
  }

  write(tensor: Tensor, data: ArrayBufferView, byteOffset = 0): void {
    this.#ahead += data.byteLength;
    this.#memory.write(tensor, data, byteOffset);
  }

  async close(tensor: Tensor): Promise<void> {
    const ready = this.#arrivals.arrived(tensor);
    if (ready.length === 0) return;
    this.#ready.push(...ready);
    this.#readyBytes += byteLength(tensor);
    if (this.#readyBytes >= BATCH_BYTES) await this.#flush();
  }

  /** Runs what is left. @throws `shader` error when a record's inputs never came */
  async finish(): Promise<void> {
    await this.#flush();
    this.#arrivals.expectNone();
  }

  async #allocate(tensors: readonly Tensor[]): Promise<void> {
    const missing = [...new Set(tensors.map(owner))].filter((t) => this.#temporary.has(t) && !this.#open.has(t));
    for (const t of missing) this.#open.add(t);
    if (missing.length > 0) await this.#memory.allocate(missing);
  }

  async #flush(): Promise<void> {
    const records = this.#ready;
    this.#ready = [];
    this.#readyBytes = 0;
    if (records.length === 0) return;
    await this.#allocate(records.flatMap(({ bindings }) => bindings.map(({ tensor }) => tensor)));
    await this.#memory.run(records);
    const spent = records.flatMap((record) => this.#arrivals.ran(record));
    this.#memory.free(spent);
  }
}

/**
 * Staged memory that only counts: `peak` is the most bytes of temporary tensors and uniforms alive at a time.
 * @param alignment the device's `minUniformBufferOffsetAlignment`
 */
export function rehearsal(alignment: number): StagedMemory & { readonly peak: number } {
  let [now, peak] = [0, 0];
  const sum = (tensors: readonly Tensor[]): number =>
    tensors.reduce((total, t) => total + bufferBytes(byteLength(t)), 0);
  return {
    get peak() {
      return peak;
    },
    async allocate(tensors) {
      now += sum(tensors);
      peak = Math.max(peak, now);
    },
    write: () => {},
    settle: async () => {},
    async run(records) {
      peak = Math.max(peak, now + bufferBytes(packUniforms(records, alignment).data.byteLength));
    },
    free: (tensors) => {
      now -= sum(tensors);
    },
  };
}
