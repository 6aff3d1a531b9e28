/** Cases of pools, SE, latents, measures and noise at odd shapes, each with its reference. */

import { latents } from '../../src/kernels/latents.ts';
import { squaredError } from '../../src/kernels/measure.ts';
import { fillNoise } from '../../src/kernels/noise.ts';
import { pixelNorm } from '../../src/kernels/pixel-norm.ts';
import { adaptivePool, globalPool } from '../../src/kernels/pools.ts';
import { fillNoiseReference } from '../../src/kernels/reference/noise.ts';
import {
  latentsReference,
  pixelNormReference,
  squaredErrorReference,
  truncateReference,
} from '../../src/kernels/reference/pointwise.ts';
import {
  adaptivePoolReference,
  globalPoolReference,
  squeezeExciteReference,
  upsampleAddReference,
} from '../../src/kernels/reference/pools.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import { squeezeExcite } from '../../src/kernels/se-block.ts';
import { truncate } from '../../src/kernels/truncate.ts';
import { upsampleAdd } from '../../src/kernels/upsample-add.ts';
import type { KernelRun } from '../../src/runtime/kernel-run.ts';
import { elementCount, type Shape, type Tensor } from '../../src/tensor.ts';
import type { KernelCase } from './conv-cases.ts';

const values = (name: string, shape: Shape): Float32Array => randomArray(name, elementCount(shape));
const seeded = (g: KernelRun, name: string, shape: Shape): Tensor => g.input(name, shape, values(name, shape));
const f32s = (data: ArrayLike<number>): Float32Array => Float32Array.from(data);

function pixelNormCase(rows: number, n: number): KernelCase {
  const name = `pixelNorm ${rows}x${n}`;
  return {
    name,
    build: (g) => [pixelNorm(g, { input: seeded(g, name, [rows, n]) })],
    expected: () => [f32s(pixelNormReference(values(name, [rows, n]), n))],
  };
}

function globalPoolCase(channels: number, height: number, width: number): KernelCase {
  const shape = [channels, height, width];
  const name = `globalPool ${shape}`;
  return {
    name,
    build: (g) => [globalPool(g, { input: seeded(g, name, shape) })],
    expected: () => [f32s(globalPoolReference(values(name, shape), channels))],
  };
}

function adaptivePoolCase(
  shape: readonly [number, number, number],
  [height, width]: readonly [number, number],
  rows: readonly [number, number] = [0, height],
): KernelCase {
  const name = `adaptivePool ${shape}→${height}x${width} rows ${rows}`;
  return {
    name,
    build: (g) => [adaptivePool(g, { input: seeded(g, name, shape), height, width, rows })],
    expected: () => [f32s(adaptivePoolReference(values(name, shape), shape, [height, width], rows))],
  };
}

function upsampleAddCase(
  shape: readonly [number, number, number],
  size: readonly [height: number, width: number],
): KernelCase {
  const name = `upsampleAdd ${shape}→${size}`;
  const larger = [shape[0], ...size];
  return {
    name,
    build: (g) => [
      upsampleAdd(g, { label: name, input: seeded(g, `${name} x`, shape), added: seeded(g, `${name} y`, larger) }),
    ],
    expected: () => [f32s(upsampleAddReference(values(`${name} x`, shape), values(`${name} y`, larger), shape, size))],
  };
}

function squeezeExciteCase(
  shape: readonly [number, number, number],
  hidden: number,
  stride: 1 | 2,
  shortcutSize: readonly [number, number],
): KernelCase {
  const name = `squeezeExcite ${shape} via ${hidden} stride ${stride}`;
  const [channels] = shape;
  return {
    name,
    build: (g) => [
      squeezeExcite(g, {
        label: name,
        input: seeded(g, `${name} x`, shape),
        fc1: seeded(g, `${name} fc1`, [hidden, channels]),
        fc2: seeded(g, `${name} fc2`, [channels, hidden]),
        shortcut: seeded(g, `${name} shortcut`, [channels, ...shortcutSize]),
        shortcutStride: stride,
      }),
    ],
    expected: () => {
      const [x, fc1] = [values(`${name} x`, shape), values(`${name} fc1`, [hidden, channels])];
      const fc2 = values(`${name} fc2`, [channels, hidden]);
      const shortcut = values(`${name} shortcut`, [channels, ...shortcutSize]);
      return [f32s(squeezeExciteReference({ x, fc1, fc2, shortcut, shape, shortcutSize, stride }))];
    },
  };
}

function squaredErrorCase(shape: Shape): KernelCase {
  const name = `squaredError ${shape}`;
  return {
    name,
    build: (g) => [squaredError(g, { a: seeded(g, `${name} a`, shape), b: seeded(g, `${name} b`, shape) })],
    expected: () => [f32s([squaredErrorReference(values(`${name} a`, shape), values(`${name} b`, shape))])],
  };
}

function truncateCase(rows: number, features: number, meanRows: number): KernelCase {
  const name = `truncate ${rows}x${features} mean ${meanRows}`;
  return {
    name,
    build: (g) => [
      truncate(g, {
        w: seeded(g, `${name} w`, [rows, features]),
        mean: seeded(g, `${name} mean`, meanRows > 1 ? [meanRows, features] : [features]),
        psi: g.input('psi', [1], Float32Array.of(0.7)),
      }),
    ],
    expected: () => {
      const mean = values(`${name} mean`, [meanRows, features]);
      return [f32s(truncateReference(values(`${name} w`, [rows, features]), mean, Math.fround(0.7)))];
    },
  };
}

function latentsCase(rows: number, features: number, baseRows = 1, addedRows = 0): KernelCase {
  const name = `latents ${rows}x${features} base ${baseRows} added ${addedRows}`;
  const shapes = { base: [baseRows, features], added: [addedRows, features] };
  return {
    name,
    build: (g) => [
      latents(g, {
        label: name,
        base: seeded(g, `${name} base`, shapes.base),
        added: addedRows > 0 ? seeded(g, `${name} added`, shapes.added) : undefined,
        output: g.transient(name, [rows, features]),
      }),
    ],
    expected: () => {
      const [base, added] = [values(`${name} base`, shapes.base), values(`${name} added`, shapes.added)];
      return [f32s(latentsReference(base, added, rows * features))];
    },
  };
}

function noiseCase(shape: Shape, seed: number, stream: number): KernelCase {
  const name = `fillNoise ${shape} seed ${seed} stream ${stream}`;
  return {
    name,
    build: (g) => [
      fillNoise(g, {
        seed: g.input('seed', [1], Uint32Array.of(seed)),
        stream,
        strength: g.input('strength', [1], Float32Array.of(0.5)),
        output: g.transient(name, shape),
      }),
    ],
    expected: () => [f32s(fillNoiseReference(seed, stream, 0.5, elementCount(shape)))],
  };
}

/** Cases whose error stays near f32's rounding. */
export const PICTURE_CASES: readonly KernelCase[] = [
  pixelNormCase(1, 1),
  pixelNormCase(3, 127),
  pixelNormCase(2, 513),
  globalPoolCase(1, 1, 1),
  globalPoolCase(5, 7, 9),
  globalPoolCase(3, 33, 37),
  adaptivePoolCase([3, 20, 24], [7, 9]),
  adaptivePoolCase([2, 13, 5], [1, 1]),
  adaptivePoolCase([3, 4, 6], [9, 11], [2, 7]),
  adaptivePoolCase([3, 32, 32], [16, 16], [3, 13]),
  squeezeExciteCase([32, 5, 3], 2, 2, [9, 6]),
  squeezeExciteCase([48, 4, 4], 3, 1, [4, 4]),
  squeezeExciteCase([300, 1, 1], 19, 2, [1, 2]),
  upsampleAddCase([3, 4, 5], [8, 10]),
  upsampleAddCase([2, 3, 2], [7, 9]),
  upsampleAddCase([5, 1, 1], [3, 2]),
  upsampleAddCase([2, 5, 4], [1, 3]),
  squaredErrorCase([1]),
  squaredErrorCase([3, 17, 29]),
  squaredErrorCase([3, 91, 97]),
  truncateCase(3, 65, 1),
  truncateCase(2, 7, 2),
  latentsCase(1, 1),
  latentsCase(5, 63, 1, 5),
  latentsCase(4, 31, 4, 1),
];

/** The GPU's log, cos and sin are allowed larger errors than its sums. */
export const NOISE_CASES: readonly KernelCase[] = [
  noiseCase([1], 0, 0),
  noiseCase([63, 3], 1234567, 3),
  noiseCase([65, 65], 0xffffffff, 16),
];
