/**
 * The matrix kernel's fragments lie where they should: its own text runs here with plain functions in place of matrix units,
 * which no adapter of this project's tests has.
 */
import { describe, expect, it } from 'vitest';
import { batchedProduct } from '../../src/kernels/batched-product.ts';
import { batchedProductReference } from '../../src/kernels/reference/product.ts';
import { randomArray, relativeError } from '../../src/kernels/reference/seeded.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { tensor } from '../../src/tensor.ts';
import { TOLERANCE } from '../tolerances.ts';
import { deviceWithFragments, failuresOf, isFound } from './fragments.ts';

type Sizes = readonly [batches: number, depth: number, rows: number, columns: number];

const SIZES: readonly (readonly [string, Sizes])[] = [
  ['one fragment', [1, 16, 16, 16]],
  ['one term more than a fragment', [1, 17, 48, 32]],
  ['a whole tile', [1, 32, 64, 64]],
  ['tiles of which the last hang over, in batches', [3, 21, 80, 144]],
];

it('multiplies fragments, tails and tiles that hang over', async () => {
  const device = await deviceWithFragments();
  const pipelines = new PipelineCache(device);
  for (const [name, [batches, depth, rows, columns]] of SIZES) {
    const g = new KernelRun(name);
    const [u, v] = [randomArray('u', batches * depth * rows), randomArray('v', batches * depth * columns)];
    const output = tensor('m', [batches, rows, columns]);
    const left = g.input('u', [batches, depth, rows], u);
    const right = g.input('v', [batches, depth, columns], v);
    const sizes = { batches, depth, rows, columns, flops: 0 };
    const rung = { kernel: 'matrix', precision: 'f32' } as const;
    g.add(batchedProduct({ op: 'test', label: name, left, right, output, ...sizes, ...rung }));
    const [actual = new Float32Array()] = await g.run(device, [output], pipelines);
    const expected = batchedProductReference(u, v, [batches, depth, rows, columns]);
    expect(relativeError(actual, expected), name).toBeLessThan(TOLERANCE.convolution);
  }
  expect(pipelines.size).toBe(1);
});

describe('the self-test', () => {
  it('finds nothing wrong with the matrix kernel', async () => {
    expect(await failuresOf((text) => text)).toEqual([]);
  });

  it('finds a quarter left out', () => isFound('quarter < 4', 'quarter < 3'));
});
