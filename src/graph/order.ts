/**
 * Execution order from declared access (pure). A node runs after every earlier node that wrote what it touches or read
 * what it writes; a transient may also be read by a node that was added before its writer. Insertion order breaks ties.
 */
import { ensure } from '../errors.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import { owner, type Tensor } from '../tensor.ts';

interface Uses {
  readonly readers: number[];
  readonly writers: number[];
}

function collectUses(nodes: readonly KernelRecord[]): Map<Tensor, Uses> {
  const uses = new Map<Tensor, Uses>();
  nodes.forEach((node, index) => {
    for (const { tensor: bound, access } of node.bindings) {
      const tensor = owner(bound);
      const use = uses.get(tensor) ?? { readers: [], writers: [] };
      if (access !== 'write') use.readers.push(index);
      if (access !== 'read') use.writers.push(index);
      uses.set(tensor, use);
    }
  });
  return uses;
}

/** Hazards of one tensor as edges `[before, after]`. */
function hazards(tensor: Tensor, { readers, writers }: Uses): [number, number][] {
  const edges: [number, number][] = [];
  for (const reader of readers) {
    const earlier = writers.filter((w) => w < reader);
    if (earlier.length === 0 && tensor.lifetime === 'transient') {
      const first = writers.find((w) => w !== reader);
      ensure(first !== undefined, 'shader', () => `graph: transient "${tensor.name}" is read but never written`);
      edges.push([first, reader]);
    } else {
      for (const w of earlier) edges.push([w, reader]);
      for (const w of writers) if (w > reader) edges.push([reader, w]);
    }
  }
  writers.forEach((w, i) => {
    const next = writers[i + 1];
    if (next !== undefined) edges.push([w, next]);
  });
  return edges;
}

/**
 * Indices of `nodes` in execution order.
 * @throws `shader` error when a transient is never written or the nodes depend on each other in a circle
 */
export function orderNodes(nodes: readonly KernelRecord[]): number[] {
  const after: Set<number>[] = nodes.map(() => new Set());
  const waiting = nodes.map(() => 0);
  for (const [tensor, uses] of collectUses(nodes)) {
    for (const [before, later] of hazards(tensor, uses)) {
      const followers = after[before];
      if (!followers || followers.has(later)) continue;
      followers.add(later);
      waiting[later] = (waiting[later] ?? 0) + 1;
    }
  }
  const order: number[] = [];
  const ready = new Set(waiting.flatMap((count, i) => (count === 0 ? [i] : [])));
  while (ready.size > 0) {
    const next = Math.min(...ready);
    ready.delete(next);
    order.push(next);
    for (const later of after[next] ?? []) {
      waiting[later] = (waiting[later] ?? 0) - 1;
      if (waiting[later] === 0) ready.add(later);
    }
  }
  ensure(order.length === nodes.length, 'shader', () => {
    const stuck = nodes.filter((_, i) => (waiting[i] ?? 0) > 0).map((n) => n.label);
    return `graph: these nodes wait for each other: ${stuck.join(', ')}`;
  });
  return order;
}
