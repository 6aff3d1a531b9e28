/** A network on the device: its graphs replayed by name, its tensors written and read. Made by `Runtime.mount`. */
import { ensure } from '../errors.ts';
import { byteLength, type Tensor } from '../tensor.ts';
import type { Executable } from './executable.ts';
import type { Network, Transfer } from './network.ts';
import type { Runtime } from './runtime.ts';

/** A network whose weights are loaded and whose graphs are compiled. */
export interface Mounted<G extends string = string> {
  readonly network: Network<G>;
  /**
   * Replays graphs and transfers in order; returns when they are submitted, not when they are done.
   * @throws `option` error for a name that the network does not have, `device` when the GPU is lost
   */
  run(...names: readonly G[]): void;
  /**
   * Replays dispatches `[dispatch, end)` of a graph, to its end when absent: what came before must still be in memory. Errors as
   * {@link run}.
   */
  runFrom(name: G, dispatch: number, end?: number): void;
  /** The compiled form of a graph, for benches and tests. @throws `option` error when there is none of that name */
  executable(name: G): Executable;
  /** A persistent tensor's values. @throws `device` error when the GPU is lost meanwhile */
  read(tensor: Tensor): Promise<Float32Array>;
  /** Writes host values into a persistent tensor, `byteOffset` bytes from its start. */
  write(tensor: Tensor, values: ArrayBufferView, byteOffset?: number): void;
  /** Gives its weights, state and slots back. What another mounted network shares must not be used by that one any more. */
  dispose(): void;
}

/** What mounting has made. */
export interface MountedParts<G extends string> {
  readonly executables: ReadonlyMap<G, Executable>;
  /** Gives everything back. */
  readonly release: () => void;
}

/** The one implementation of {@link Mounted}. */
export class MountedNetwork<G extends string> implements Mounted<G> {
  readonly network: Network<G>;
  readonly #runtime: Runtime;
  readonly #parts: MountedParts<G>;
  #disposed = false;

  constructor(runtime: Runtime, network: Network<G>, parts: MountedParts<G>) {
    this.#runtime = runtime;
    this.network = network;
    this.#parts = parts;
  }

  run(...names: readonly G[]): void {
    this.#ensureLive();
    for (const name of names) {
      const transfers = this.network.transfers?.get(name);
      if (transfers) this.#transfer(name, transfers);
      else this.runFrom(name, 0);
    }
  }

  runFrom(name: G, dispatch: number, end?: number): void {
    this.#ensureLive();
    const { device, pace } = this.#runtime;
    pace.submitted(this.executable(name).submit(device, pace.workPerSubmit, dispatch, end));
  }

  executable(name: G): Executable {
    const found = this.#parts.executables.get(name);
    ensure(
      found,
      'option',
      () => `"${this.network.name}" has no graph "${name}", it has ${[...this.network.graphs.keys()].join(', ')}`,
    );
    return found;
  }

  read(tensor: Tensor): Promise<Float32Array> {
    return this.#runtime.read(tensor);
  }

  write(tensor: Tensor, values: ArrayBufferView, byteOffset = 0): void {
    this.#runtime.buffers.write(tensor, values, byteOffset);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#parts.release();
  }

  #ensureLive(): void {
    this.#runtime.ensureAlive();
    ensure(!this.#disposed, 'device', () => `"${this.network.name}" was disposed of: mount it again`);
  }

  #transfer(label: string, transfers: readonly Transfer[]): void {
    const { device, buffers } = this.#runtime;
    const encoder = device.createCommandEncoder({ label });
    for (const { from, to, byteOffset = 0 } of transfers) {
      if (from) encoder.copyBufferToBuffer(buffers.of(from), 0, buffers.of(to), byteOffset, byteLength(from));
      else encoder.clearBuffer(buffers.of(to), 0, byteLength(to));
    }
    device.queue.submit([encoder.finish()]);
  }
}
