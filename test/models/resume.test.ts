/**
 * Where a run of `synthesize` may begin after an edit of late latents: everything it then reads must still be in memory. Plans
 * only, for generators whose widths fall in every way.
 */
import { describe, expect, it } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { owner } from '../../src/tensor.ts';
import { networkOf } from './network-of.ts';

const FFHQ = fakeModel('ffhq').architecture;

/** Names of transients that a run from `record` on reads before it has written them. */
function overwritten(nodes: ReturnType<typeof synthesisOf>['nodes'], first: number): string[] {
  const written = new Set<object>();
  const lost: string[] = [];
  for (const { bindings } of nodes.slice(first)) {
    for (const { tensor, access } of bindings) {
      const memory = owner(tensor);
      if (memory.lifetime === 'transient' && access !== 'write' && !written.has(memory)) lost.push(memory.name);
    }
    for (const { tensor, access } of bindings) if (access !== 'read') written.add(owner(tensor));
  }
  return lost;
}

function synthesisOf(channels: Readonly<Record<string, number>>, software: boolean) {
  const network = networkOf({ ...FFHQ, channels, hypernetwork: null }, { ...DEFAULT_FACTS, software });
  const nodes = network.graphs.get('synthesize')?.nodes ?? [];
  return { nodes, points: network.generator.resumePoints };
}

describe.each([
  ['the published widths', {}],
  ['widths that fall by 8', { '128': 512, '256': 64 }],
  ['a wide stage in the middle', { '64': 1024, '128': 64, '256': 64, '512': 16 }],
  ['widths that grow again', { '128': 512, '256': 16, '512': 128, '1024': 4 }],
  ['everything wide', { '64': 512, '128': 512, '256': 512, '512': 512, '1024': 32 }],
])('with %s', (_what, wider) => {
  it.each([
    ['a GPU', false],
    ['a CPU adapter', true],
  ])('a late run on %s reads nothing that another tensor may have overwritten', (_adapter, software) => {
    const { nodes, points } = synthesisOf({ ...FFHQ.channels, ...wider }, software);
    expect(points.length).toBeGreaterThan(1);
    for (const { record } of points) {
      const first = nodes.indexOf(record);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(overwritten(nodes, first), record.label).toEqual([]);
    }
    const kept = nodes
      .flatMap(({ bindings }) => bindings.map(({ tensor }) => tensor.name))
      .filter((name) => / kept$/.test(name));
    // a map that no run begins with is not kept
    expect(new Set(kept).size).toBe(2 * points.length);
  });
});
