/**
 * What the tape records: the forward as inference has it, sums where a tensor is read twice, and nothing that nobody
 * asked for.
 */
import { describe, expect, it } from 'vitest';
import { Tape } from '../../src/gradients/tape.ts';
import { Graph } from '../../src/graph/graph.ts';
import { planStrips } from '../../src/kernels/backward/filters.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { conv2d, passingConvWeight } from '../../src/kernels/conv2d.ts';
import type { Recorder } from '../../src/kernels/kernel.ts';
import { sum } from '../../src/kernels/product.ts';
import { checkpointOrder } from '../../src/models/trainable-plan.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';

const weight = tensor('weight', [1, 4, 3, 3, 8]);
const bias = tensor('bias', [8]);
const x = tensor('x', [4, 6, 6]);

function forward(g: Recorder): Tensor {
  const use = { spatial: [6, 6] as const, facts: DEFAULT_FACTS };
  return conv2d(g, {
    label: 'conv',
    input: x,
    weight: passingConvWeight(g, { label: 'conv', weight, ...use }),
    bias: { tensor: bias, offset: 0 },
    activation: { kind: 'leaky', slope: 0.2 },
  });
}

/** The ops that `backward` adds for these tensors. */
function opsOf(wanted: readonly Tensor[]): string[] {
  const graph = new Graph('test');
  const tape = new Tape(graph, DEFAULT_FACTS);
  const output = forward(tape);
  const before = graph.nodes.length;
  tape.backward([{ of: output, gradient: tensor('cotangent', output.shape) }], wanted);
  return graph.nodes.slice(before).map(({ op }) => op);
}

describe('tape', () => {
  it('records forward what inference records', () => {
    const [plain, taped] = [new Graph('plain'), new Graph('taped')];
    forward(plain);
    forward(new Tape(taped, DEFAULT_FACTS));
    const told = ({ nodes }: Graph) =>
      nodes.map(({ op, label, shader, uniforms, grid }) => [op, label, shader, uniforms, grid]);
    expect(told(taped)).toEqual(told(plain));
  });

  it('walks only what leads to a wanted tensor', () => {
    expect(opsOf([bias])).toEqual(['epilogueBackward', 'epilogueSums']);
    expect(opsOf([weight])).toContain('filterGradient');
    expect(opsOf([weight])).not.toContain('turnFilter');
    expect(opsOf([x])).toContain('turnFilter');
    expect(opsOf([tensor('elsewhere', [3])])).toEqual(['fill']);
  });

  it('sums the gradients of a tensor that is read twice', () => {
    const graph = new Graph('test');
    const tape = new Tape(graph, DEFAULT_FACTS);
    const twice = sum(tape, { label: 'twice', a: x, b: x });
    const before = graph.nodes.length;
    const seed = tensor('cotangent', x.shape);
    const [gradient] = tape.backward([{ of: twice, gradient: seed }], [x]);
    const added = graph.nodes.slice(before);
    expect(added.map(({ op }) => op)).toEqual(['add']);
    expect(added[0]?.bindings.map((binding) => binding.tensor)).toEqual([seed, seed, gradient]);
  });

  it('adds gradients to sums of earlier runs', () => {
    const graph = new Graph('test');
    const tape = new Tape(graph, DEFAULT_FACTS);
    const output = forward(tape);
    const before = graph.nodes.length;
    const [sumOfBias, sumOfWeight] = [tensor('sum of bias', [8]), tensor('sum of weight', weight.shape)];
    const found = tape.backward(
      [{ of: output, gradient: tensor('cotangent', output.shape) }],
      [bias, weight],
      [sumOfBias, sumOfWeight],
    );
    expect(found).toEqual([sumOfBias, sumOfWeight]);
    const written = graph.nodes.slice(before).flatMap(({ bindings }) => bindings.filter((b) => b.access !== 'read'));
    for (const sum of [sumOfBias, sumOfWeight]) {
      expect(written.filter((b) => b.tensor === sum).map((b) => b.access)).toEqual(['read_write']);
    }
  });

  it('refuses a gradient of another size', () => {
    const tape = new Tape(new Graph('test'), DEFAULT_FACTS);
    const output = forward(tape);
    expect(() => tape.backward([{ of: output, gradient: x }], [bias])).toThrow(/expects \[8, 6, 6\], got \[4, 6, 6\]/);
  });
});

describe('filter gradients', () => {
  it.each([
    [16, 16, 16],
    [4096, 4608, 512],
    [16641, 144, 16],
  ])('%i pixels, %i × %i: strips and parts cover every pixel, and fit', (pixels, rows, columns) => {
    const { strips, parts, depth } = planStrips(pixels, rows, columns);
    expect(strips * parts * depth).toBeGreaterThanOrEqual(pixels);
    expect((strips - 1) * parts * depth).toBeLessThan(pixels);
    expect(parts * depth * Math.max(rows, columns) * 4).toBeLessThan(64 * 2 ** 20);
  });
});

it('weights go back into the order of a checkpoint', () => {
  const parameter = { tensor: weight, first: 1, rows: 2, length: 3, stride: 4 };
  const device = Float32Array.from({ length: 12 }, (_, i) => i);
  expect([...checkpointOrder(parameter, device)]).toEqual([1, 5, 9, 2, 6, 10]);
});
