/**
 * What the GPU keeps of a person while another one is shown: the latents, and the summed codes after each step. Nothing of it
 * is read back before somebody asks; `inversion.ts` does.
 */
import type { Engine, KeptSum, Sums } from '../method/engine.ts';
import { byteLength, elementCount } from '../tensor.ts';
import type { PersonValues } from './public.ts';

/** Buffers of a person that was disposed of, for the next one: of the latents, then one a tensor of the sums. */
export interface StateBuffers {
  readonly buffers: readonly GPUBuffer[];
  /** How often the sums fit into theirs. */
  readonly rows: number;
}

/** Whose people's states these are. */
export interface StateOwner {
  readonly engine: Engine;
  /** Of a person that was disposed of, for the next one. */
  spareState: StateBuffers | undefined;
}

/** A person's state, outside the network's own tensors. */
export class KeptState {
  readonly #owner: StateOwner;
  readonly #engine: Engine;
  readonly #steps: number;
  /** Of how many steps before the last one the sums are kept: those after steps 1, 2, …. */
  readonly earlier: number;
  readonly #held: StateBuffers;

  private constructor(owner: StateOwner, steps: number, earlier: number, held: StateBuffers) {
    this.#owner = owner;
    this.#engine = owner.engine;
    this.#steps = steps;
    this.earlier = earlier;
    this.#held = held;
  }

  /**
   * Room for a person of `steps` steps, of which `earlier` before the last one can be shown again. Separable
   * heads keep none: their sums are as large as the weights. The owner's spare buffers are used where they are
   * large enough, else given back.
   * @throws `memory` error
   */
  static async take(
    owner: StateOwner,
    { steps, earlier }: { readonly steps: number; readonly earlier: number },
  ): Promise<KeptState> {
    const { engine, spareState: spare } = owner;
    const { network } = engine;
    owner.spareState = undefined;
    const kept = network.architecture.hypernetwork?.separable ? 0 : Math.max(0, earlier);
    const rows = kept + 1;
    if (spare && spare.rows >= rows) return new KeptState(owner, steps, kept, spare);
    if (spare) engine.buffers.release(spare.buffers);
    const { base } = network.state;
    const buffers = await engine.buffers.create([
      { label: `kept ${base.name}`, bytes: byteLength(base) },
      ...network.sums.map((sum) => ({ label: `kept ${sum.name}`, bytes: rows * byteLength(sum) })),
    ]);
    return new KeptState(owner, steps, kept, { buffers, rows });
  }

  get #base(): GPUBuffer | undefined {
    return this.#held.buffers[0];
  }

  #row(step: number): number | undefined {
    if (step === this.#steps) return this.earlier;
    return step >= 1 && step <= this.earlier ? step - 1 : undefined;
  }

  /** Copies the engine's latents. */
  keepLatents(): void {
    const { base } = this.#engine.network.state;
    if (this.#base) this.#engine.runtime.copy(this.#engine.buffers.of(base), this.#base, byteLength(base));
  }

  /** Copies the engine's sums, which are those after `step`, unless that step is not kept. */
  keepSums(step: number): void {
    const row = this.#row(step);
    if (row === undefined) return;
    this.#engine.network.sums.forEach((sum, i) => {
      const buffer = this.#held.buffers[1 + i];
      const bytes = byteLength(sum);
      if (buffer) this.#engine.runtime.copy(this.#engine.buffers.of(sum), buffer, bytes, { to: row * bytes });
    });
  }

  /** Keeps sums of earlier steps that the host has. */
  writeEarlier(history: readonly (readonly Float32Array[])[]): void {
    const { device, network } = this.#engine;
    for (const [row, sums] of history.slice(0, this.earlier).entries()) {
      network.sums.forEach((sum, i) => {
        const buffer = this.#held.buffers[1 + i];
        const values = sums[i];
        if (buffer && values) device.queue.writeBuffer(buffer, row * byteLength(sum), Float32Array.from(values));
      });
    }
  }

  /** Puts the latents back into the engine. */
  restoreLatents(): void {
    const { base } = this.#engine.network.state;
    if (this.#base) this.#engine.runtime.copy(this.#base, this.#engine.buffers.of(base), byteLength(base));
  }

  /** Where the sums after a step lie; after step 0 nothing reads them. */
  sumsAt(step: number): Sums {
    const row = this.#row(step) ?? this.earlier;
    return this.#engine.network.sums.flatMap((sum, i): KeptSum[] => {
      const buffer = this.#held.buffers[1 + i];
      return buffer ? [{ buffer, offset: row * byteLength(sum) }] : [];
    });
  }

  /**
   * Reads everything. Runs inside the engine's `exclusive`.
   * @param ensureLive throws when the buffers were given away meanwhile
   */
  async read(ensureLive: () => void): Promise<PersonValues> {
    const { network, runtime } = this.#engine;
    const rows = this.earlier + 1;
    const tensors = [network.state.base, ...network.sums];
    const read: Float32Array[] = [];
    for (const [i, tensor] of tensors.entries()) {
      const buffer = this.#held.buffers[i];
      const bytes = (i === 0 ? 1 : rows) * byteLength(tensor);
      if (buffer) read.push(new Float32Array(await runtime.readback.bytes(buffer, bytes)));
      ensureLive();
    }
    const [base = new Float32Array(), ...all] = read;
    const history = Array.from({ length: rows }, (_, row) =>
      network.sums.map(({ shape }, i) => {
        const count = elementCount(shape);
        return (all[i] ?? new Float32Array()).slice(row * count, (row + 1) * count);
      }),
    );
    const sums = history.pop() ?? [];
    return { base, sums, steps: this.#steps, ...(history.length > 0 && { history }) };
  }

  /** Gives its buffers up: the owner keeps them for the next person, or what larger ones it has. */
  giveUp(): void {
    const mine = this.#held;
    const spare = this.#owner.spareState;
    const [kept, other] = spare && spare.rows >= mine.rows ? [spare, mine] : [mine, spare];
    if (other) this.#engine.buffers.release(other.buffers);
    this.#owner.spareState = kept;
  }
}
