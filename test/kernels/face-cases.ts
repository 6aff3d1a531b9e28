/** Cases of the ops that face networks need beyond the others', each with its reference. */

import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { conv2d, prepareConvWeight, samePadding } from '../../src/kernels/conv2d.ts';
import { depthwise } from '../../src/kernels/depthwise.ts';
import { maxPool } from '../../src/kernels/max-pool.ts';
import { conv2dReference } from '../../src/kernels/reference/conv2d.ts';
import { depthwiseReference, maxPoolReference } from '../../src/kernels/reference/depthwise.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import { warpReference } from '../../src/kernels/reference/warp.ts';
import { type AffineMap, viewValues, warpImage, warpSamples } from '../../src/kernels/warp.ts';
import type { KernelRun } from '../../src/runtime/kernel-run.ts';
import { elementCount, type Shape } from '../../src/tensor.ts';
import { dense, type KernelCase } from './conv-cases.ts';

type Shape3 = readonly [number, number, number];

const values = (name: string, shape: Shape): Float32Array => randomArray(name, elementCount(shape));

/** @param spare channels of the input behind those that the filters are for */
function depthwiseCase(shape: Shape3, kernel: number, stride: 1 | 2, spare = 0): KernelCase {
  const name = `depthwise ${shape} k${kernel} s${stride} +${spare}`;
  const [channels, height, width] = shape;
  const stored = [channels + spare, height, width];
  const filter = [shape[0], kernel, kernel];
  const [x, w] = [values(`${name} x`, stored), values(`${name} w`, filter)];
  return {
    name,
    build: (g) => [
      depthwise(g, { label: name, input: g.input('x', stored, x), weight: g.input('w', filter, w), stride }),
    ],
    expected: () => [Float32Array.from(depthwiseReference(x, w, shape, stride))],
  };
}

function maxPoolCase(shape: Shape3, channels: number): KernelCase {
  const name = `maxPool ${shape}→${channels}`;
  const x = values(name, shape);
  return {
    name,
    build: (g) => [maxPool(g, { label: name, input: g.input('x', shape, x), channels })],
    expected: () => [Float32Array.from(maxPoolReference(x, shape, channels))],
  };
}

/** A strided convolution with the zeros of TensorFlow's "same", which lie behind the picture only. */
function sameConvCase(variant: 'direct' | 'tiled' | 'columns' | 'implicit', size: number, kernel: number): KernelCase {
  const name = `conv2d ${variant} same ${size} k${kernel}`;
  const [x, w] = [
    [3, size, size],
    [1, 3, kernel, kernel, 16],
  ];
  const padding = samePadding(size, kernel, 2);
  return {
    name,
    build(g: KernelRun) {
      const stored = g.input('w', w, dense(`${name} w`, w).data);
      const spatial = [Math.ceil(size / 2), Math.ceil(size / 2)] as const;
      const facts = { ...DEFAULT_FACTS, forced: variant };
      const weight = prepareConvWeight(g, { label: 'w', weight: stored, stride: 2, spatial, facts });
      const input = g.input('x', x, dense(`${name} x`, x).data);
      return [conv2d(g, { label: name, input, weight, stride: 2, padding })];
    },
    expected: () => [conv2dReference(dense(`${name} x`, x), dense(`${name} w`, w), { stride: 2, padding }).data],
  };
}

/** A 1×1 convolution whose columns are its input. */
function pointwiseCase(): KernelCase {
  const name = 'conv2d columns of single pixels';
  const [x, w] = [
    [12, 8, 16],
    [1, 12, 1, 1, 32],
  ];
  return {
    name,
    build(g: KernelRun) {
      const stored = g.input('w', w, dense(`${name} w`, w).data);
      const facts = { ...DEFAULT_FACTS, software: true };
      const weight = prepareConvWeight(g, { label: 'w', weight: stored, spatial: [8, 16], facts });
      const input = g.input('x', x, dense(`${name} x`, x).data);
      return [conv2d(g, { label: name, input, weight, activation: { kind: 'relu' } })];
    },
    expected: () => [
      conv2dReference(dense(`${name} x`, x), dense(`${name} w`, w), { stride: 1, padding: 0, slope: 0 }).data,
    ],
  };
}

function warpCase(map: AffineMap, extend: boolean, origin: readonly [number, number] = [0, 0]): KernelCase {
  const [width, height] = [23, 17];
  const name = `warpImage ${map} ${extend ? 'edge' : 'black'} from ${origin}`;
  const data = Uint8Array.from(values(name, [4 * width * height]), (v) => Math.round(127.5 * (v + 1)));
  const source = { data, width, height };
  const shape = [3, 9, 13];
  return {
    name,
    build(g: KernelRun) {
      const words = g.input('source', [width * height], data);
      const view = g.input('view', [12], viewValues({ map, width, height, origin }));
      const output = g.transient('warped', shape);
      warpImage(g, { source: words, view, output, extend, scale: 1 / 127.5, shift: -1 });
      return [output];
    },
    expected() {
      const rgb = warpReference({ source, map, width: 13, height: 9, samples: warpSamples(map), extend, origin });
      return [Float32Array.from(rgb, (_, i) => (rgb[3 * (i % 117) + Math.floor(i / 117)] ?? Number.NaN) / 127.5 - 1)];
    },
  };
}

/** Everything but convolutions. */
export const FACE_CASES: readonly KernelCase[] = [
  depthwiseCase([1, 1, 1], 3, 1),
  depthwiseCase([5, 7, 9], 3, 1),
  depthwiseCase([3, 9, 5], 3, 1, 2),
  depthwiseCase([3, 12, 16], 3, 2),
  depthwiseCase([2, 13, 11], 3, 2),
  depthwiseCase([3, 10, 6], 5, 2),
  maxPoolCase([3, 8, 6], 3),
  maxPoolCase([2, 7, 5], 5),
  sameConvCase('direct', 14, 3),
  sameConvCase('tiled', 16, 5),
  sameConvCase('columns', 16, 5),
  sameConvCase('implicit', 14, 5),
  sameConvCase('implicit', 13, 3),
  pointwiseCase(),
];

/** Positions are f32: a bilinear weight is off by a millionth of the picture's side. */
export const WARP_CASES: readonly KernelCase[] = [
  warpCase([1, 0, 0, 1, 0, 0], true),
  warpCase([0.7, 0.3, -0.3, 0.7, 4.25, 1.5], true),
  warpCase([2.3, -0.9, 0.9, 2.3, -6, 9], false),
  warpCase([1.1, 0.2, -0.2, 1.1, -9, 2], true, [5, 3]),
];
