/**
 * Memory plan as a pure function: lifetimes → slots. Tensors whose lifetimes do not overlap share a slot; graphs never
 * run at the same time, so all of them share one set of slots. Whole buffers are shared, never byte ranges, because
 * WebGPU tracks use per buffer. Greedy by size (Pisarchyk & Lee, arXiv 2001.03288, §5.2).
 */
import type { KernelRecord } from '../kernels/kernel.ts';
import { byteLength, owner, type Tensor } from '../tensor.ts';

/** Bytes that a buffer for `bytes` of data takes: whole words, and what the smallest binding needs. */
export const bufferBytes = (bytes: number): number => Math.max(16, Math.ceil(bytes / 4) * 4);

/** A transient's first and last use as positions in its graph. */
export interface Lifetime {
  readonly tensor: Tensor;
  readonly graph: number;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

/** Which slot each transient lives in, and how large each slot is. */
export interface MemoryPlan {
  readonly slotOf: ReadonlyMap<Tensor, number>;
  /** Bytes of each slot, those that were there first. */
  readonly slots: readonly number[];
  /** What the transients would take without sharing. */
  readonly unsharedBytes: number;
}

/** Lifetimes of the transients of one graph. */
export function lifetimes(records: readonly KernelRecord[], graph = 0): Lifetime[] {
  const spans = new Map<Tensor, { first: number; last: number }>();
  records.forEach((node, position) => {
    for (const { tensor: bound } of node.bindings) {
      const tensor = owner(bound);
      if (tensor.lifetime !== 'transient') continue;
      const span = spans.get(tensor);
      if (span) span.last = position;
      else spans.set(tensor, { first: position, last: position });
    }
  });
  return [...spans].map(([tensor, span]) => ({ tensor, graph, ...span, bytes: byteLength(tensor) }));
}

const overlap = (a: Lifetime, b: Lifetime): boolean => a.graph === b.graph && a.first <= b.last && b.first <= a.last;

/**
 * Assigns every transient of all graphs to a slot, largest first, each to the smallest slot that is free.
 * @param existing bytes of slots that are there already, free of these graphs; new ones are added behind them
 */
export function planMemory(all: readonly Lifetime[], existing: readonly number[] = []): MemoryPlan {
  const slots: { readonly bytes: number; readonly tenants: Lifetime[] }[] = existing.map((bytes) => ({
    bytes,
    tenants: [],
  }));
  const slotOf = new Map<Tensor, number>();
  for (const item of [...all].sort((a, b) => b.bytes - a.bytes)) {
    let index = -1;
    slots.forEach(({ bytes, tenants }, i) => {
      const fits = bytes >= item.bytes && !tenants.some((tenant) => overlap(tenant, item));
      if (fits && bytes <= (slots[index]?.bytes ?? Number.POSITIVE_INFINITY)) index = i;
    });
    if (index < 0) index = slots.push({ bytes: item.bytes, tenants: [] }) - 1;
    slots[index]?.tenants.push(item);
    slotOf.set(item.tensor, index);
  }
  return {
    slotOf,
    slots: slots.map((slot) => slot.bytes),
    unsharedBytes: all.reduce((sum, item) => sum + item.bytes, 0),
  };
}
