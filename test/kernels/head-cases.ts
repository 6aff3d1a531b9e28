/** Cases of the linear layers and the hypernetwork's heads: odd shapes, every weight type, chunks, each with its reference. */

import { accumulateCodes } from '../../src/kernels/accumulate.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { layerHead } from '../../src/kernels/layer-head.ts';
import { linear } from '../../src/kernels/linear.ts';
import { mixSums } from '../../src/kernels/mix.ts';
import {
  accumulateReference,
  layerHeadReference,
  linearReference,
  mixReference,
  separableHeadReference,
  sharedHeadReference,
} from '../../src/kernels/reference/heads.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import type { ExpandVariant, LayerHeadVariant, SharedHeadVariant } from '../../src/kernels/rungs.ts';
import { separableHead } from '../../src/kernels/separable-head.ts';
import { sharedHead } from '../../src/kernels/shared-head.ts';
import type { KernelRun } from '../../src/runtime/kernel-run.ts';
import type { DType, Shape, Tensor } from '../../src/tensor.ts';
import { elementCount } from '../../src/tensor.ts';
import type { KernelCase } from './conv-cases.ts';
import { matrixRows, matrixScales, storedMatrix } from './matrices.ts';

const BLOCKED = 'shared_head_operands';
const PLAIN = 'shared_head_product_direct';
const SHARED = 'layer_head_shared';
const DIRECT = 'layer_head_direct';

const values = (name: string, shape: Shape): Float32Array => randomArray(name, elementCount(shape));
const seeded = (g: KernelRun, name: string, shape: Shape): Tensor => g.input(name, shape, values(name, shape));
const f32s = (data: ArrayLike<number>): Float32Array => Float32Array.from(data);

function linearCase(
  rows: number,
  n: number,
  m: number,
  dtype: DType,
  { plain = false, software = false } = {},
): KernelCase {
  const name = `linear ${rows}x${n}→${m} ${dtype}${plain ? ' plain' : ''}${software ? ' alone' : ''}`;
  const addRows = rows % 2 === 0 ? 1 : rows;
  const options = { weightScale: 0.3, biasScale: 0.7, slope: 0.2, gain: Math.SQRT2 };
  return {
    name,
    build: (g) => [
      linear(g, {
        label: name,
        input: seeded(g, `${name} x`, [rows, n]),
        weight: matrixRows(g, name, [m, n], dtype),
        scales: matrixScales(g, name, [m, n], dtype),
        facts: { ...DEFAULT_FACTS, software },
        ...(!plain && {
          bias: seeded(g, `${name} b`, [m]),
          add: seeded(g, `${name} add`, [addRows, m]),
          weightScale: options.weightScale,
          biasScale: options.biasScale,
          activation: { kind: 'leaky', slope: options.slope, gain: options.gain },
        }),
      }),
    ],
    expected: () => {
      const weight = storedMatrix(name, [m, n], dtype).values;
      const x = values(`${name} x`, [rows, n]);
      const given = { ...options, bias: values(`${name} b`, [m]), add: values(`${name} add`, [addRows, m]) };
      return [f32s(linearReference(x, weight, [rows, n, m], plain ? {} : given))];
    },
  };
}

function groupedLinearCase(rows: number, n: number, m: number, firstRow: number): KernelCase {
  const name = `linear grouped ${rows}x${n}→${m} from ${firstRow}`;
  const all = rows + firstRow + 1;
  return {
    name,
    build: (g) => [
      linear(g, {
        label: name,
        input: seeded(g, `${name} x`, [all, n]),
        weight: seeded(g, `${name} w`, [rows, m, n]),
        bias: seeded(g, `${name} b`, [rows, m]),
        groups: true,
        rows,
        firstRow,
        activation: { kind: 'relu' },
      }),
    ],
    expected: () => {
      const x = values(`${name} x`, [all, n]).subarray(firstRow * n);
      const bias = values(`${name} b`, [rows, m]);
      const weight = values(`${name} w`, [rows, m, n]);
      return [f32s(linearReference(x, weight, [rows, n, m], { bias, groups: true, slope: 0 }))];
    },
  };
}

function accumulateCase(rows: number, z: number, layers: number, firstRow: number, pixels = 1): KernelCase {
  const name = `accumulateCodes ${rows}x${z}x${pixels} into ${layers} from ${firstRow}`;
  return {
    name,
    build: (g) => [
      accumulateCodes(g, {
        codes: seeded(g, `${name} codes`, [rows, z, pixels]),
        state: seeded(g, `${name} state`, [layers, z + 1]),
        firstRow,
      }),
    ],
    expected: () => {
      const codes = values(`${name} codes`, [rows, z, pixels]);
      const state = values(`${name} state`, [layers, z + 1]);
      return [f32s(accumulateReference(codes, state, [rows, z], firstRow))];
    },
  };
}

function mixCase(rows: number, width: number, firstWeight: number): KernelCase {
  const name = `mixSums ${rows}×${width} weights from ${firstWeight}`;
  const shape = [rows, width];
  const shares = [firstWeight + rows];
  return {
    name,
    build: (g) => [
      mixSums(g, {
        label: name,
        sums: seeded(g, `${name} sums`, shape),
        weights: { tensor: seeded(g, `${name} weights`, shares), offset: firstWeight },
        active: seeded(g, `${name} active`, shape),
      }),
    ],
    expected: () => {
      const weights = values(`${name} weights`, shares).subarray(firstWeight);
      return [f32s(mixReference(values(`${name} active`, shape), values(`${name} sums`, shape), weights))];
    },
  };
}

/** Chunk borders `[from, to)` after `cut` rows, or the whole. */
const cuts = (rows: number, cut: number): [number, number][] =>
  cut > 0
    ? [
        [0, cut],
        [cut, rows],
      ]
    : [[0, rows]];

function layerHeadCase(
  outputs: number,
  z: number,
  dtype: DType,
  cut = 0,
  variant: LayerHeadVariant = SHARED,
): KernelCase {
  const name = `${variant} ${z}→${outputs} ${dtype} cut ${cut}`;
  return {
    name,
    build: (g) => [
      layerHead(g, {
        label: name,
        state: seeded(g, `${name} state`, [3, z + 1]),
        row: 1,
        weight: {
          chunks: cuts(outputs, cut).map((rows) => matrixRows(g, name, [outputs, z], dtype, rows)),
          scales: matrixScales(g, name, [outputs, z], dtype),
        },
        bias: seeded(g, `${name} b`, [outputs]),
        output: g.transient(`${name} Δ`, [outputs, 1]),
        variant,
      }),
    ],
    expected: () => {
      const state = values(`${name} state`, [3, z + 1]);
      const weight = storedMatrix(name, [outputs, z], dtype).values;
      return [f32s(layerHeadReference(state, weight, values(`${name} b`, [outputs]), [1, z]))];
    },
  };
}

interface SharedHeadShape {
  readonly layers: number;
  readonly z: number;
  readonly channels: number;
  readonly taps: 1 | 3;
  readonly dtype: DType;
  readonly cut?: number;
  readonly product?: SharedHeadVariant;
  readonly expand?: ExpandVariant;
  readonly slices?: number;
}

function sharedHeadCase(shape: SharedHeadShape): KernelCase {
  const { layers, z, channels, taps, dtype, cut = 0, product, expand, slices } = shape;
  const name = `sharedHead ${layers}x${z}→${channels}²·${taps}² ${dtype} cut ${cut} ${expand ?? ''} ${product ?? ''}`;
  const w2Shape = [z, channels * z] as const;
  const w1Shape = [z, channels * taps ** 2] as const;
  return {
    name,
    build: (g) => [
      sharedHead(g, {
        label: name,
        state: seeded(g, `${name} state`, [layers + 2, z + 1]),
        rows: layers,
        w2: {
          chunks: cuts(z, cut).map((rows) => matrixRows(g, `${name} w2`, w2Shape, dtype, rows)),
          scales: matrixScales(g, `${name} w2`, w2Shape, dtype),
        },
        b2: seeded(g, `${name} b2`, [w2Shape[1]]),
        w1: matrixRows(g, `${name} w1`, w1Shape, dtype),
        w1Scales: matrixScales(g, `${name} w1`, w1Shape, dtype),
        b1: seeded(g, `${name} b1`, [w1Shape[1]]),
        outChannels: channels,
        taps,
        product,
        expand,
        slices,
      }),
    ],
    expected: () => {
      const weights = {
        w1: storedMatrix(`${name} w1`, w1Shape, dtype).values,
        w2: storedMatrix(`${name} w2`, w2Shape, dtype).values,
        b1: values(`${name} b1`, [w1Shape[1]]),
        b2: values(`${name} b2`, [w2Shape[1]]),
      };
      return [f32s(sharedHeadReference(values(`${name} state`, [layers + 2, z + 1]), weights, [layers, z, channels]))];
    },
  };
}

function separableHeadCase(outChannels: number, inChannels: number, k: number, z: number): KernelCase {
  const name = `separableHead ${z}→[${outChannels}, ${inChannels}, ${k}, ${k}]`;
  const maps = {
    makeIn: [k * k * inChannels, z],
    makeOut: [k * k * outChannels, z],
    linearIn: [inChannels, inChannels],
    linearOut: [outChannels, outChannels],
  } as const;
  const deltaShape = [outChannels, inChannels, k, k];
  const each = <T>(make: (key: string, shape: Shape) => T) => {
    const pair = ([key, shape]: [string, readonly number[]]): [string, { weight: T; bias: T }] => [
      key,
      { weight: make(`${name} ${key} w`, shape), bias: make(`${name} ${key} b`, shape.slice(0, 1)) },
    ];
    return Object.fromEntries(Object.entries(maps).map(pair)) as Record<keyof typeof maps, { weight: T; bias: T }>;
  };
  return {
    name,
    build: (g) => [
      separableHead(g, {
        label: name,
        codes: seeded(g, `${name} codes`, [3, z]),
        row: 2,
        ...each((key, shape) => seeded(g, key, shape)),
        delta: seeded(g, `${name} Δ`, deltaShape),
      }),
    ],
    expected: () => {
      const code = values(`${name} codes`, [3, z]).subarray(2 * z);
      const step = separableHeadReference(code, each(values), [outChannels, inChannels, k * k]);
      return [values(`${name} Δ`, deltaShape).map((v, i) => v + (step[i] ?? Number.NaN))];
    },
  };
}

/** Every case, small enough for a software GPU. */
export const HEAD_CASES: readonly KernelCase[] = [
  linearCase(1, 1, 1, 'f32'),
  linearCase(1, 20, 20, 'f32', { plain: true }),
  linearCase(2, 13, 31, 'f32'),
  linearCase(3, 7, 33, 'f16'),
  linearCase(3, 516, 65, 'f32'),
  linearCase(2, 36, 129, 'f16'),
  linearCase(2, 9, 5, 'i8'),
  linearCase(1, 132, 17, 'i8'),
  linearCase(2, 36, 129, 'f16', { software: true }),
  groupedLinearCase(3, 24, 24, 0),
  groupedLinearCase(2, 17, 5, 1),
  accumulateCase(1, 1, 1, 0),
  accumulateCase(3, 67, 5, 2),
  accumulateCase(2, 19, 3, 1, 6),
  mixCase(1, 1, 0),
  mixCase(3, 67, 2),
  layerHeadCase(1, 1, 'f32'),
  layerHeadCase(131, 24, 'f32', 60),
  layerHeadCase(63, 2052, 'f16'),
  layerHeadCase(65, 13, 'f32', 1),
  layerHeadCase(66, 36, 'f16', 32),
  layerHeadCase(35, 11, 'f16', 4),
  layerHeadCase(129, 20, 'i8', 64),
  layerHeadCase(31, 7, 'i8', 12),
  layerHeadCase(131, 24, 'f32', 60, DIRECT),
  layerHeadCase(65, 13, 'f16', 2, DIRECT),
  layerHeadCase(33, 20, 'i8', 0, DIRECT),
  sharedHeadCase({ layers: 1, z: 1, channels: 1, taps: 1, dtype: 'f32' }),
  sharedHeadCase({ layers: 3, z: 24, channels: 16, taps: 3, dtype: 'f32' }),
  sharedHeadCase({ layers: 12, z: 132, channels: 5, taps: 1, dtype: 'f32', cut: 50, slices: 4 }),
  sharedHeadCase({ layers: 13, z: 20, channels: 12, taps: 3, dtype: 'f32', cut: 7 }),
  sharedHeadCase({ layers: 2, z: 13, channels: 7, taps: 3, dtype: 'f32', cut: 6, slices: 2 }),
  sharedHeadCase({ layers: 3, z: 24, channels: 17, taps: 3, dtype: 'f16', cut: 10 }),
  sharedHeadCase({ layers: 2, z: 7, channels: 6, taps: 1, dtype: 'f16', cut: 4 }),
  sharedHeadCase({ layers: 4, z: 36, channels: 20, taps: 1, dtype: 'i8', cut: 12 }),
  sharedHeadCase({ layers: 2, z: 11, channels: 3, taps: 3, dtype: 'i8', cut: 4 }),
  sharedHeadCase({ layers: 5, z: 20, channels: 16, taps: 3, dtype: 'f32', product: PLAIN }),
  sharedHeadCase({ layers: 3, z: 8, channels: 12, taps: 1, dtype: 'f16' }),
  sharedHeadCase({ layers: 2, z: 12, channels: 20, taps: 3, dtype: 'i8' }),
  sharedHeadCase({ layers: 5, z: 20, channels: 16, taps: 3, dtype: 'f32', product: BLOCKED }),
  sharedHeadCase({ layers: 3, z: 37, channels: 48, taps: 1, dtype: 'f16', product: BLOCKED }),
  sharedHeadCase({ layers: 1, z: 4, channels: 16, taps: 3, dtype: 'i8', product: BLOCKED }),
  ...(['registers', 'quads'] as const).flatMap((expand) => [
    sharedHeadCase({ layers: 1, z: 1, channels: 1, taps: 1, dtype: 'f32', expand }),
    sharedHeadCase({ layers: 12, z: 132, channels: 5, taps: 1, dtype: 'f32', cut: 51, expand }),
    sharedHeadCase({ layers: 13, z: 20, channels: 12, taps: 3, dtype: 'f32', cut: 7, expand }),
    sharedHeadCase({ layers: 5, z: 13, channels: 7, taps: 3, dtype: 'f32', cut: 6, expand }),
    sharedHeadCase({ layers: 9, z: 24, channels: 17, taps: 3, dtype: 'f16', cut: 9, expand }),
    sharedHeadCase({ layers: 4, z: 36, channels: 20, taps: 1, dtype: 'i8', cut: 12, expand }),
    sharedHeadCase({ layers: 2, z: 11, channels: 3, taps: 3, dtype: 'i8', cut: 4, expand }),
  ]),
  separableHeadCase(8, 12, 3, 24),
  separableHeadCase(5, 7, 3, 13),
  separableHeadCase(1, 1, 1, 1),
];
