/** Plans, choices and checks of the ops outside the convolution family, without a GPU. */
import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/graph/graph.ts';
import { accumulateCodes } from '../../src/kernels/accumulate.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { resizeImage } from '../../src/kernels/image.ts';
import { layerHead, planLayerHead } from '../../src/kernels/layer-head.ts';
import { linear, planLinear } from '../../src/kernels/linear.ts';
import { matrixAccess } from '../../src/kernels/matrix.ts';
import { adaptivePool, globalPoolWorkgroup } from '../../src/kernels/pools.ts';
import { fillNoiseReference, threefry } from '../../src/kernels/reference/noise.ts';
import { sharedHead } from '../../src/kernels/shared-head.ts';
import { stridedProduct } from '../../src/kernels/strided-product.ts';
import { runsOf } from '../../src/kernels/sums.ts';
import { type DType, tensor } from '../../src/tensor.ts';

describe('plans', () => {
  it('reads 128 bytes of a weight row together, in every storage type', () => {
    expect([16, 8, 4].map((vectorBytes) => planLayerHead(1000, vectorBytes).lanes)).toEqual([8, 16, 32]);
    expect([16, 8, 4].map((vectorBytes) => planLinear(1, 512, 128, vectorBytes).lanes)).toEqual([8, 16, 32]);
    expect(planLinear(18, 512, 2, 16)).toEqual({ workgroup: 128, lanes: 2, grid: [8, 18, 1] });
    expect(planLinear(18, 512, 128, 16, true)).toEqual({ workgroup: 32, lanes: 2, grid: [32, 18, 1] });
  });

  it('cuts long sums into runs where there are few', () => {
    expect([runsOf(1, 2 ** 20), runsOf(3, 2 ** 14), runsOf(512, 2 ** 20), runsOf(1, 1025)]).toEqual([512, 16, 1, 1]);
    const g = new Graph('product');
    const [left, right] = [tensor('left', [1, 8192]), tensor('right', [8192, 128])];
    const size = { label: 'head', rows: 1, columns: 128, depth: 8192, output: tensor('y', [1, 128]) };
    const sides = { left: { tensor: left, row: 8192, depth: 1 }, right: { tensor: right, depth: 128, column: 1 } };
    stridedProduct(g, { ...size, ...sides });
    expect(g.nodes.map(({ op, label }) => `${op} ${label}`)).toEqual([
      'stridedProduct head 32× 1×256×128',
      'columnSums head 32×128',
    ]);
    stridedProduct(g, { ...size, ...sides, depth: 8191 });
    expect(g.nodes.length).toBe(3);
  });

  it('keeps a large head within the workgroup limit', () => {
    const { grid } = planLayerHead(2 ** 22, 16);
    expect(Math.max(...grid)).toBeLessThanOrEqual(65535);
    expect(grid[0] * grid[1] * 32).toBeGreaterThanOrEqual(2 ** 22);
  });

  it('grows the global pool with the picture', () => {
    const shares = (software: boolean) =>
      [1, 64, 1024, 4096, 16384, 1e6].map((pixels) => globalPoolWorkgroup(pixels, { ...DEFAULT_FACTS, software }));
    expect(shares(true)).toEqual([16, 16, 16, 256, 256, 256]);
    expect(shares(false)).toEqual([64, 64, 64, 64, 256, 256]);
  });

  it('reads single elements where rows are not aligned', () => {
    const access = (dtype: DType, columns: number) =>
      matrixAccess(tensor('w', [2, columns], 'persistent', dtype), undefined, columns);
    expect(access('f16', 512)).toMatchObject({ width: 4, vectorBytes: 8, overrides: { PER_WORD: 1 } });
    expect(access('f16', 510)).toMatchObject({ width: 1, vectorBytes: 2, overrides: { PER_WORD: 2 } });
    expect(access('i8', 7)).toMatchObject({ width: 1, vectorBytes: 1, overrides: { PER_WORD: 4 } });
  });
});

describe('errors name the op, the tensor and both numbers', () => {
  const g = new Graph('test');
  const state = tensor('state', [3, 9]);

  it.each<[string, () => unknown, RegExp]>([
    [
      'linear weight',
      () => linear(g, { input: tensor('x', [2, 7]), weight: tensor('w', [5, 8]) }),
      /linear "w".*weight expects \[5, 7\], got \[5, 8\]/,
    ],
    [
      'i8 without scales',
      () => linear(g, { input: tensor('x', [2, 8]), weight: tensor('w', [5, 8], 'persistent', 'i8') }),
      /"w" is i8 and expects 5 scales, got 0/,
    ],
    [
      'missing rows of a chunked head',
      () =>
        layerHead(g, {
          state,
          row: 0,
          weight: { chunks: [tensor('w', [4, 8])] },
          bias: tensor('b', [6]),
          output: tensor('Δ', [2, 3]),
        }),
      /layerHead "Δ".*4 rows together, the layer needs 6/,
    ],
    [
      'a row the state lacks',
      () =>
        layerHead(g, {
          state,
          row: 3,
          weight: { chunks: [tensor('w', [6, 8])] },
          bias: tensor('b', [6]),
          output: tensor('Δ', [2, 3]),
        }),
      /row 3 is not one of the state's 3/,
    ],
    [
      'shared head w1',
      () =>
        sharedHead(g, {
          state,
          w2: { chunks: [tensor('w2', [8, 32])] },
          b2: tensor('b2', [32]),
          w1: tensor('w1', [8, 4]),
          b1: tensor('b1', [36]),
          outChannels: 4,
          taps: 3,
        }),
      /w1 expects \[8, 36\], got \[8, 4\]/,
    ],
    [
      'codes beyond the state',
      () => accumulateCodes(g, { codes: tensor('codes', [2, 8]), state, firstRow: 2 }),
      /rows 2\.\.4 do not lie within the state's 3/,
    ],
    [
      'pool rows',
      () => adaptivePool(g, { input: tensor('y', [3, 8, 8]), height: 4, width: 4, rows: [3, 5] }),
      /rows 3\.\.5 do not lie within 0\.\.4/,
    ],
    [
      'resize rows',
      () => resizeImage(g, { texture: 'photo', size: 8, rows: [4, 4] }),
      /rows 4\.\.4 do not lie within 0\.\.8/,
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});

describe('noise', () => {
  it('is Threefry-2x32-20: the known answers of its authors', () => {
    const ones = 0xffffffff;
    expect(threefry([0, 0], [0, 0])).toEqual([0x6b200159, 0x99ba4efe]);
    expect(threefry([ones, ones], [ones, ones])).toEqual([0x1cb996fc, 0xbb002be7]);
    expect(threefry([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual([0xc4923a9c, 0x483df7a0]);
  });

  it('is normal: mean 0, variance 1, kurtosis 3, streams unrelated', () => {
    const n = 40_000;
    const [a, b] = [fillNoiseReference(5, 0, 1, n), fillNoiseReference(5, 1, 1, n)];
    const mean = (f: (v: number, i: number) => number): number => a.reduce((sum, v, i) => sum + f(v, i), 0) / n;
    expect(mean((v) => v)).toBeCloseTo(0, 1.5);
    expect(mean((v) => v * v)).toBeCloseTo(1, 1.5);
    expect(mean((v) => v ** 4)).toBeCloseTo(3, 0.5);
    expect(Math.abs(mean((v, i) => v * (b[i] ?? Number.NaN)))).toBeLessThan(0.02);
  });
});
