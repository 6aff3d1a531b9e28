/**
 * The memory of intermediate results, shared by everything that is mounted: no graph runs beside another, so one set of slots
 * serves them all. A program takes slots when it is compiled and gives them back when it is disposed of.
 */
import type { Graph } from '../graph/graph.ts';
import type { MemoryPlan } from '../graph/memory.ts';
import { planGraphs } from '../graph/plan.ts';
import type { DeviceBuffers } from './buffers.ts';

interface Slot {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
  /** Programs that use it. */
  users: number;
}

/** Slots that a program has taken. */
export interface TakenSlots {
  readonly plan: MemoryPlan;
  /** The buffer of each slot of `plan`; undefined where none of its transients lives there. */
  readonly buffers: readonly (GPUBuffer | undefined)[];
  /** Gives them back; a slot that nobody else uses is freed. */
  release(): void;
}

/** All slots on a device. */
export class SlotPool {
  readonly #buffers: DeviceBuffers;
  #slots: Slot[] = [];
  #tail: Promise<unknown> = Promise.resolve();

  constructor(buffers: DeviceBuffers) {
    this.#buffers = buffers;
  }

  /** Bytes of all slots. */
  get bytes(): number {
    return this.#slots.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Number of slots. */
  get count(): number {
    return this.#slots.length;
  }

  /**
   * Slots for the transients of graphs that never run at the same time: those that are there where they are large enough, and
   * new ones. Requests queue, so that two of them do not both make what one could have shared.
   * @throws `memory` error when the GPU has no room, `shader` when a graph reads a transient before it is written
   */
  take(graphs: readonly Graph[]): Promise<TakenSlots> {
    const taken = this.#tail.then(() => this.#take(graphs));
    this.#tail = taken.catch(() => undefined);
    return taken;
  }

  async #take(graphs: readonly Graph[]): Promise<TakenSlots> {
    const existing = [...this.#slots];
    const plan = planGraphs(
      graphs,
      existing.map(({ bytes }) => bytes),
    );
    const used = new Set(plan.slotOf.values());
    const kept = existing.map((slot, i) => (used.has(i) ? slot : undefined));
    for (const slot of kept) if (slot) slot.users++;
    const sizes = plan.slots.slice(existing.length);
    try {
      const made = await this.#buffers.create(
        sizes.map((bytes, i) => ({ label: `slot ${existing.length + i}`, bytes })),
      );
      const added = made.map((buffer): Slot => ({ buffer, bytes: buffer.size, users: 1 }));
      this.#slots.push(...added);
      const all = [...kept, ...added];
      return { plan, buffers: all.map((slot) => slot?.buffer), release: () => this.#release(all.splice(0)) };
    } catch (error) {
      this.#release(kept);
      throw error;
    }
  }

  #release(slots: readonly (Slot | undefined)[]): void {
    for (const slot of slots) if (slot) slot.users--;
    this.#buffers.release(this.#slots.filter(({ users }) => users === 0).map(({ buffer }) => buffer));
    this.#slots = this.#slots.filter(({ users }) => users > 0);
  }
}
