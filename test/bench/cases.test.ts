import { describe, expect, it } from 'vitest';
import { FACES_1024, QUARTER_256, uniformArchitecture } from '../../bench/cases/architectures.ts';
import { chooseSize, halvings, type KernelCase } from '../../bench/cases/case.ts';
import { generatorCases } from '../../bench/cases/generator.ts';
import { cut, cutOutputs, patchesOf } from '../../bench/cases/patches.ts';
import { filterCases, kernelCases } from '../../bench/cases/plans.ts';
import { encoderCases, hypernetworkCases } from '../../bench/cases/trunks.ts';
import { syntheticSource } from '../../bench/suites/synthetic.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { HyperStyleNetwork } from '../../src/method/hyperstyle-network.ts';
import { PUBLISHED_WIDTHS } from '../../src/weights/layout.ts';

/** Multiply-adds of cases at their real sizes, all repetitions counted. */
const gmac = (cases: readonly KernelCase[]): number =>
  cases.reduce((sum, c) => sum + (c.count * c.cost(c.sizes[0] ?? 0).flops) / 2e9, 0);

const isLayer = ({ name }: KernelCase): boolean => !name.startsWith('update');

describe('generator cases', () => {
  it('are the 26 layers of the 1024-px model, with the work that design §4 states', () => {
    const layers = generatorCases(FACES_1024).filter(isLayer);
    expect(layers.length).toBe(26);
    expect(gmac(layers)).toBeCloseTo(74.3, 0);
  });

  it('are 2.83 GMAC for the peers generator', () => {
    expect(gmac(generatorCases(QUARTER_256).filter(isLayer))).toBeCloseTo(2.83, 2);
  });
});

describe('encoder and hypernetwork cases', () => {
  const { encoder, hypernetwork } = FACES_1024;
  it('have the work that design §4 states: encoder 32.8, hypernetwork 18.8 + 14.4 GMAC less its heads', () => {
    expect(encoder && gmac(encoderCases(encoder, 256))).toBeCloseTo(32.8, 0);
    const convolutions = hypernetwork ? gmac(hypernetworkCases(hypernetwork, PUBLISHED_WIDTHS, 256)) : 0;
    expect(convolutions).toBeGreaterThan(18.8);
    expect(convolutions).toBeLessThan(18.8 + 14.4);
  });
});

describe('kernel cases', () => {
  it('cover every convolution shape that the networks record', () => {
    const source = syntheticSource(FACES_1024, PUBLISHED_WIDTHS);
    // The direct rung records one dispatch a convolution, with its whole shape.
    const network = new HyperStyleNetwork(source, { ...DEFAULT_FACTS, forced: 'direct' });
    const wanted = ['encode', 'refine', 'synthesize'] as const;
    const nodes = wanted.flatMap((name) => network.graphs.get(name)?.nodes ?? []);
    const recorded = nodes.filter(({ op }) => op === 'conv2d' || op === 'upConv').map(({ label }) => shapeIn(label));
    const cased = kernelCases().map((c) => shapeIn(c.what(c.sizes[0] ?? 0)));
    expect([...new Set(recorded)].filter((shape) => !cased.includes(shape))).toEqual([]);
  });

  it('build at their smallest size within the default limits of a binding', () => {
    for (const c of kernelCases()) {
      const { operands, graph } = c.build(c.sizes.at(-1) ?? 1, DEFAULT_FACTS);
      expect(graph.nodes.length).toBeGreaterThan(0);
      for (const values of operands.values()) expect(values.byteLength).toBeLessThanOrEqual(128 * 2 ** 20);
    }
  });

  it('are found by words', () => {
    expect(filterCases(kernelCases(), 'generator 256 up').length).toBe(6);
    expect(filterCases(kernelCases(), 'no such thing')).toEqual([]);
  });
});

/** `512→256 64×64` of a label or a case's description. */
function shapeIn(text: string): string {
  const [, channels, size] = /(\d+→\d+)(?: in \d+ groups)? (\d+×\d+)/.exec(text) ?? [];
  return `${channels} ${size}`;
}

describe('chooseSize', () => {
  const cost = (size: number) => ({ flops: size ** 2, bytes: 1 });
  it('takes the real size where it is fast enough', () => {
    expect(chooseSize([64, 32, 16], cost, 0.01, 1)).toBe(64);
  });
  it('halves until the expected time fits', () => {
    expect(chooseSize([64, 32, 16], cost, 0.1, 1)).toBe(32);
    expect(chooseSize([64, 32, 16], cost, 10, 1)).toBe(16);
  });
  it('has sizes down to the smallest', () => {
    expect(halvings(1024, 16)).toEqual([1024, 512, 256, 128, 64, 32, 16]);
    expect(halvings(4, 16)).toEqual([4]);
  });
});

describe('patches', () => {
  it('reach both corners and begin at even places', () => {
    const patches = patchesOf(100, 32, 32);
    expect(patches[0]).toMatchObject({ row: 0, column: 0, channel: 0 });
    expect(patches[2]).toMatchObject({ row: 28, column: 28, channel: 92 });
    for (const { row, column } of patches) expect([row % 2, column % 2]).toEqual([0, 0]);
  });

  it('are zero outside the picture', () => {
    const data = Float32Array.from({ length: 9 }, (_, i) => i + 1);
    const patch = { row: -1, column: 1, height: 2, width: 3, channel: 0, channels: 1 };
    expect([...cut(data, [1, 3, 3], patch).data]).toEqual([0, 0, 0, 2, 3, 0]);
  });

  it('take output channels from the last dimension', () => {
    expect([...cutOutputs(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 1, 2)]).toEqual([2, 3, 5, 6]);
  });
});

describe('uniformArchitecture', () => {
  it('is a model that the networks accept', () => {
    const { architecture, widths } = uniformArchitecture(64, 16);
    const network = new HyperStyleNetwork(syntheticSource(architecture, widths), DEFAULT_FACTS);
    expect(network.hypernetwork?.groups.length).toBe(1);
    expect(network.architecture.size).toBe(64);
  });
});
