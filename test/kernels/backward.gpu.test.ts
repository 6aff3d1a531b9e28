/**
 * Every backward kernel against differences of plain loops in double precision, and every optimiser against its formula, on one
 * device. What only large pictures meet, parts and strips, is compared with the same in one piece.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { randomArray, relativeError } from '../../src/kernels/reference/seeded.ts';
import { runKernels } from '../setup/run-kernels.ts';
import { TOLERANCE } from '../tolerances.ts';
import {
  LARGE_PRODUCT,
  MANY_PIXELS,
  recordLargeProduct,
  recordStrips,
  recordUpConvParts,
} from './backward/large-cases.ts';
import { muonValues, recordOptimisers } from './backward/optimiser-case.ts';
import { differences, PLAIN } from './backward/plain-cases.ts';
import { adamStep, clippedFactor, muonStep } from './backward/plain-optimisers.ts';
import { EXAMPLES, type RecordedExample, recordExample } from './gradient-cases.ts';

/** Inputs to which there is no gradient: tables, targets, statistics and constants. */
const CONSTANT: Readonly<Record<string, readonly string[]>> = {
  'styles, weight update and demodulation': ['table', 'rows'],
  BatchNorm: ['mean', 'variance', 'running mean', 'running variance'],
  losses: ['target', 'weights'],
  'angle of descriptors': ['target'],
  'MS-SSIM, standard': ['target'],
  'MS-SSIM, authors': ['target'],
};

/** Shaders that sum a channel's pixels in parts. */
const PASSES = ['epilogue_backward', 'scale_backward', 'to_rgb_backward'];

describe('gradients of', () => {
  it.each(EXAMPLES)('$name', async (example) => {
    let recorded: RecordedExample | undefined;
    const actual = await runKernels((g) => {
      recorded = recordExample(g, example);
      return [...recorded.results, ...recorded.gradients.values()];
    });
    const plain = PLAIN[example.name];
    if (!recorded || !plain) throw new Error(`"${example.name}" has no plain loops`);
    const { results, gradients, values, cotangents } = recorded;
    const read = (name: string): ArrayLike<number> => recorded?.values.get(name) ?? [];
    plain(read).forEach((expected, i) => {
      expect(relativeError(actual[i] ?? [], expected), `result ${i}`).toBeLessThan(TOLERANCE.gradientOp);
    });
    [...gradients.keys()].forEach((name, i) => {
      if (CONSTANT[example.name]?.includes(name)) return;
      const expected = differences(plain, values, name, cotangents);
      const found = actual[results.length + i] ?? [];
      expect(relativeError(found, expected), `gradient to ${name}`).toBeLessThan(TOLERANCE.gradientOp);
    });
  });
});

it.each(MANY_PIXELS)('$name of many pixels: sums in parts are those in one', async (example) => {
  const parts: number[][] = [];
  const found = await runKernels((g) =>
    [false, true].flatMap((software) => {
      const before = g.nodes.length;
      const { gradients } = recordExample(g, example, { ...DEFAULT_FACTS, software });
      const passes = g.nodes.slice(before).filter(({ shader }) => PASSES.includes(shader));
      parts.push(passes.map(({ grid }) => grid[1]));
      return [...gradients.values()];
    }),
  );
  const [inParts = [], inOne = []] = parts;
  expect(Math.min(...inParts)).toBeGreaterThan(1);
  expect(inOne).toEqual(inParts.map(() => 1));
  const half = found.length / 2;
  for (let i = 0; i < half; i++) {
    expect(relativeError(found[i] ?? [], found[half + i] ?? []), `gradient ${i}`).toBeLessThan(TOLERANCE.gradientOp);
  }
});

it("an up-convolution's gradients are the same in parts of its channels", async () => {
  const found = await runKernels(recordUpConvParts);
  const half = found.length / 2;
  expect(half).toBe(4); // output scale, filter, input, input scale
  for (let i = 0; i < half; i++) {
    expect(relativeError(found[half + i] ?? [], found[i] ?? []), `gradient ${i}`).toBeLessThan(TOLERANCE.gradientOp);
  }
});

it('a large product in blocks, and back to both matrices and the bias', async () => {
  const { rows, columns, depth } = LARGE_PRODUCT;
  const value = (name: string, count: number): Float32Array => randomArray(`product ${name}`, count);
  const [left, right] = [value('left', rows * depth), value('right', depth * columns)];
  const [gradient, bias] = [value('gradient', rows * columns), value('bias', columns)];
  const [y, dleft, dright] = [
    new Float64Array(rows * columns),
    new Float64Array(left.length),
    new Float64Array(right.length),
  ];
  const dbias = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const dy = gradient[r * columns + c] ?? 0;
      let sum = bias[c] ?? 0;
      for (let k = 0; k < depth; k++) {
        const [a, b] = [left[r * depth + k] ?? 0, right[k * columns + c] ?? 0];
        sum += a * b;
        dleft[r * depth + k] = (dleft[r * depth + k] ?? 0) + dy * b;
        dright[k * columns + c] = (dright[k * columns + c] ?? 0) + dy * a;
      }
      y[r * columns + c] = sum;
      dbias[c] = (dbias[c] ?? 0) + dy;
    }
  }
  const shaders: string[] = [];
  const found = await runKernels((g) => {
    const recorded = recordLargeProduct(g);
    shaders.push(...g.nodes.map(({ shader }) => shader));
    return recorded;
  });
  expect(shaders.filter((shader) => shader === 'strided_product_blocks').length).toBe(3);
  [y, dleft, dright, dbias].forEach((expected, i) => {
    expect(relativeError(found[i] ?? [], expected), `result ${i}`).toBeLessThan(TOLERANCE.gradientOp);
  });
});

it("a filter's gradient is the same in strips", async () => {
  const [expected = [], ...others] = await runKernels(recordStrips);
  expect(others.length).toBe(3);
  for (const found of others) expect(relativeError(found, expected)).toBeLessThan(TOLERANCE.gradientOp);
});

it('a step of each optimiser', async () => {
  const found = await runKernels(recordOptimisers);
  const [adam = [], ranger = [], , sum = [], average = [], cleared = [], wide = [], tall = []] = found;
  const slab = (name: string): Float32Array => randomArray(name, 15);
  const [rate = 0, correction = 0, factor = 0] = randomArray('3', 3);
  const clipped = clippedFactor([slab('adam g'), slab('ranger g')], factor, 0.5);
  const numbers = [rate, correction, clipped];
  const second = slab('adam v').map((value) => value ** 2);
  const expected = adamStep(slab('adam p'), slab('adam g'), slab('adam m'), second, numbers);
  expect(relativeError(adam, expected)).toBeLessThan(TOLERANCE.gradientOp);
  const added = slab('sum').map((value, i) => value + (slab('adam g')[i] ?? 0));
  expect(relativeError(sum, added)).toBeLessThan(TOLERANCE.op);
  expect(Array.from(cleared)).toEqual(Array<number>(15).fill(0));
  const decay = randomArray('1', 1)[0] ?? 0;
  const averaged = slab('average').map((value, i) => value + (1 - decay) * ((ranger[i] ?? 0) - value));
  expect(relativeError(average, averaged)).toBeLessThan(TOLERANCE.op);
  for (const [matrix, found] of [[[7, 20], wide] as const, [[33, 18], tall] as const]) {
    const of = (name: string): Float32Array => muonValues(name, matrix);
    const stepped = muonStep(of('p'), of('g'), of('m'), matrix, [0.02, 0.5]);
    const moves = (values: ArrayLike<number>): number[] => Array.from(values, (value, i) => value - (of('p')[i] ?? 0));
    expect(relativeError(moves(found), moves(stepped)), `muon ${matrix}`).toBeLessThan(TOLERANCE.muon);
  }
});
