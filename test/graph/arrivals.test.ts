/** Order of a graph whose inputs arrive one by one, and what a staged run keeps alive meanwhile. */
import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../src/graph/arrivals.ts';
import { StagedGraph } from '../../src/graph/graph.ts';
import { rehearsal, type StagedMemory, StagedRun } from '../../src/graph/staged-run.ts';
import { type Binding, type KernelRecord, read, write } from '../../src/kernels/kernel.ts';
import { type Tensor, tensor, view } from '../../src/tensor.ts';

const node = (label: string, ...bindings: Binding[]): KernelRecord => ({
  op: 'test',
  label,
  shader: 'none',
  uniforms: [],
  bindings,
  grid: [1, 1, 1],
  flops: 0,
});
const labels = (records: readonly KernelRecord[]): string[] => records.map(({ label }) => label);
const names = (tensors: readonly Tensor[]): string[] => tensors.map(({ name }) => name);

/** Two stored weights joined in one, transformed; and one that is turned and kept. */
function example() {
  const [a, b, c] = [tensor('a', [4]), tensor('b', [4]), tensor('c', [4])];
  const [joined, filter, kept] = [tensor('joined', [8]), tensor('filter', [32]), tensor('kept', [4])];
  const turns = [node('a', read(a), write(joined)), node('b', read(b), write(joined))];
  const filters = node('filter', read(view(joined, [2, 4])), write(filter));
  const records = [...turns, filters, node('c', read(c), write(kept))];
  return { a, b, c, joined, records, temporary: new Set([a, b, c, joined]) };
}

describe('Arrivals', () => {
  it('lets a record run when all it reads is complete, and what follows from it after it', () => {
    const { a, b, c, records, temporary } = example();
    const arrivals = new Arrivals(records, temporary);
    expect(labels(arrivals.arrived(b))).toEqual(['b']);
    expect(labels(arrivals.arrived(c))).toEqual(['c']);
    expect(() => arrivals.expectNone()).toThrow(/"a" never ran: it waits for "a"/);
    expect(labels(arrivals.arrived(a))).toEqual(['a', 'filter']);
    arrivals.expectNone();
  });

  it('tells when a temporary is spent, and never for what outlives the graph', () => {
    const { records, temporary } = example();
    const arrivals = new Arrivals(records, temporary);
    const spent = records.map((record) => names(arrivals.ran(record)));
    expect(spent).toEqual([['a'], ['b'], ['joined'], ['c']]);
  });
});

describe('StagedRun', () => {
  it('keeps a temporary alive from its first bytes to its last record only', async () => {
    const large = 3 * 2 ** 20; // three of them fill a batch
    const graph = new StagedGraph('prepare');
    const stored = Array.from({ length: 10 }, (_, i) => tensor(`stored ${i}`, [large / 4]));
    for (const s of stored) graph.add(node(s.name, read(s), write(tensor(`${s.name} kept`, [large / 4]))));
    const memory = rehearsal(256);
    const alive = new Set<Tensor>();
    const spy: StagedMemory = {
      ...memory,
      allocate: async (tensors) => {
        for (const t of tensors) alive.add(t);
        await memory.allocate(tensors);
      },
      free: (tensors) => {
        for (const t of tensors) alive.delete(t);
        memory.free(tensors);
      },
    };
    const run = new StagedRun(graph, new Set(stored), spy);
    for (const s of stored) {
      await run.open(s);
      expect(alive.has(s)).toBe(true);
      await run.close(s);
      expect(alive.size).toBeLessThanOrEqual(3);
    }
    await run.finish();
    expect(alive.size).toBe(0);
    expect(memory.peak).toBeGreaterThanOrEqual(3 * large);
    expect(memory.peak).toBeLessThan(3 * large + 4096);
  });

  it('names the record whose input never came', async () => {
    const graph = new StagedGraph('prepare');
    const missing = tensor('weight', [4]);
    graph.add(node('conv', read(missing), write(tensor('turned', [4]))));
    const run = new StagedRun(graph, new Set([missing]), rehearsal(256));
    await expect(run.finish()).rejects.toThrow(/"conv" never ran: it waits for "weight"/);
  });
});
