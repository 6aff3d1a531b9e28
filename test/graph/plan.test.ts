import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/graph/graph.ts';
import { lifetimes, planMemory } from '../../src/graph/memory.ts';
import { expectWrittenBeforeRead } from '../../src/graph/order-check.ts';
import { packUniforms } from '../../src/graph/uniforms.ts';
import { type Binding, f32, i32, type KernelRecord, read, readWrite, u32, write } from '../../src/kernels/kernel.ts';
import { tensor } from '../../src/tensor.ts';

const node = (label: string, ...bindings: Binding[]): KernelRecord => ({
  op: 'test',
  label,
  shader: 'none',
  uniforms: [],
  bindings,
  grid: [1, 1, 1],
  flops: 0,
});

describe('expectWrittenBeforeRead', () => {
  const g = new Graph('g');
  const [a, b] = [g.transient('a', [4]), g.transient('b', [4])];
  const state = tensor('state', [4]);

  it('lets graphs read what they have written, and persistent tensors at any time', () => {
    const nodes = [
      node('x', read(state), write(a)),
      node('y', read(a), write(b)),
      node('z', readWrite(b), write(state)),
    ];
    expect(() => expectWrittenBeforeRead(nodes)).not.toThrow();
  });

  it('names a transient that is read before its writer runs, and one that nobody writes', () => {
    const late = [node('reader', read(a), write(b)), node('writer', write(a))];
    expect(() => expectWrittenBeforeRead(late)).toThrow(/"reader" reads the transient "a" before/);
    expect(() => expectWrittenBeforeRead([node('r', read(a))])).toThrow(/"r" reads the transient "a"/);
    expect(() => expectWrittenBeforeRead([node('u', readWrite(a))])).toThrow(/"u" reads/);
  });
});

describe('planMemory', () => {
  const g = new Graph('g');
  const x = tensor('x', [8]);
  const [a, b, c] = [g.transient('a', [8]), g.transient('b', [4]), g.transient('c', [8])];
  const chain = [node('1', read(x), write(a)), node('2', read(a), write(b)), node('3', read(b), write(c))];

  it('shares a slot between disjoint lifetimes only', () => {
    const plan = planMemory(lifetimes(chain));
    expect(plan.slotOf.get(a)).toBe(plan.slotOf.get(c));
    expect(plan.slotOf.get(a)).not.toBe(plan.slotOf.get(b));
    expect(plan.slots).toEqual([32, 16]);
    expect(plan.unsharedBytes).toBe(80);
  });

  it('shares every slot between graphs, which never run together', () => {
    const other = [node('4', write(b)), node('5', read(b), write(x))];
    const plan = planMemory([...lifetimes(chain, 0), ...lifetimes(other, 1)]);
    expect(plan.slots.length).toBe(2);
  });

  it('uses slots that are there where they fit, and adds others behind them', () => {
    const plan = planMemory(lifetimes(chain), [16, 64, 20]);
    expect(plan.slots).toEqual([16, 64, 20]);
    expect([plan.slotOf.get(a), plan.slotOf.get(b), plan.slotOf.get(c)]).toEqual([1, 0, 1]);
    expect(planMemory(lifetimes(chain), [16]).slots).toEqual([16, 32]);
  });

  it('never lets two live tensors meet, for random graphs', () => {
    let seed = 7;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed % n;
    };
    for (let round = 0; round < 50; round++) {
      const made = Array.from({ length: 12 }, (_, i) => g.transient(`t${i}`, [1 + random(64)]));
      const nodes = made.map((t, i) => {
        const source = i === 0 ? x : (made[random(i)] ?? x);
        return node(`n${i}`, read(source), write(t));
      });
      const spans = lifetimes(nodes);
      const plan = planMemory(spans);
      for (const p of spans) {
        expect(plan.slots[plan.slotOf.get(p.tensor) ?? -1]).toBeGreaterThanOrEqual(p.bytes);
        for (const q of spans) {
          const meet = p !== q && p.first <= q.last && q.first <= p.last;
          if (meet) expect(plan.slotOf.get(p.tensor), `round ${round}`).not.toBe(plan.slotOf.get(q.tensor));
        }
      }
    }
  });
});

describe('packUniforms', () => {
  it('aligns structs and writes each type', () => {
    const one = { ...node('1'), uniforms: [u32('n', 7), f32('s', 0.5), i32('k', -2)] };
    const packed = packUniforms([one, one], 256);
    expect(packed.offsets).toEqual([0, 256]);
    expect(packed.sizes).toEqual([16, 16]);
    const view = new DataView(packed.data, 256);
    expect([view.getUint32(0, true), view.getFloat32(4, true), view.getInt32(8, true)]).toEqual([7, 0.5, -2]);
  });
});
