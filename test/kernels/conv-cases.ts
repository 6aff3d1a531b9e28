/**
 * Cases of the convolution family: every op at odd shapes (1, primes, tile ± 1) with every epilogue, each next to its
 * reference. Data comes from the case's name.
 */

import { DEFAULT_FACTS, type KernelFacts } from '../../src/kernels/choose.ts';
import { conv2d, prepareConvWeight } from '../../src/kernels/conv2d.ts';
import type { ConvOperands } from '../../src/kernels/epilogue.ts';
import type { Slice } from '../../src/kernels/kernel.ts';
import {
  conv2dReference,
  type Dense,
  type ReferenceEpilogue,
  upConvReference,
} from '../../src/kernels/reference/conv2d.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import {
  CONV2D_VARIANTS,
  type Conv2dShape,
  type Conv2dVariant,
  supports,
  type UpConvShape,
  type UpConvVariant,
  usesProducts,
  variantsOf,
} from '../../src/kernels/rungs.ts';
import { upConv, upConvWeight } from '../../src/kernels/upconv.ts';
import type { KernelRun } from '../../src/runtime/kernel-run.ts';
import type { Tensor } from '../../src/tensor.ts';

/** One op on one shape: what to run and what must come out. */
export interface KernelCase {
  readonly name: string;
  /** WebGPU features without which its kernels do not compile. */
  readonly features?: readonly GPUFeatureName[] | undefined;
  build(g: KernelRun): readonly Tensor[];
  expected(): readonly Float32Array[];
}

/** Which operands a case uses. */
export type OperandName =
  | 'inScale'
  | 'inShift'
  | 'outScale'
  | 'bias'
  | 'noise'
  | 'residual'
  | 'relu'
  | 'leaky'
  | 'prelu';

/** A seeded tensor of a case, and the same numbers for its reference. */
export function seeded(g: KernelRun, name: string, shape: readonly number[]): Tensor {
  return g.input(name, shape, dense(name, shape).data);
}

/** The numbers of {@link seeded}. */
export function dense(name: string, shape: readonly number[]): Dense {
  return {
    shape,
    data: randomArray(
      name,
      shape.reduce((a, b) => a * b, 1),
    ),
  };
}

interface Sizes {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

const OFFSET = 3; // slices start here, so that a forgotten offset shows

function lengths(s: Sizes): Record<'inScale' | 'inShift' | 'outScale' | 'bias', number> {
  return { inScale: s.inChannels, inShift: s.inChannels, outScale: s.outChannels, bias: s.outChannels };
}

function gpuOperands(g: KernelRun, name: string, use: readonly OperandName[], s: Sizes): ConvOperands {
  const has = (operand: OperandName): boolean => use.includes(operand);
  const length = lengths(s);
  const slice = (operand: keyof typeof length): Slice | undefined =>
    has(operand) ? { tensor: seeded(g, `${name} ${operand}`, [length[operand] + OFFSET]), offset: OFFSET } : undefined;
  const picture = [s.outHeight, s.outWidth];
  const slopes = has('prelu') ? seeded(g, `${name} slopes`, [s.outChannels]) : undefined;
  const kind = has('relu') ? 'relu' : has('leaky') ? 'leaky' : has('prelu') ? 'prelu' : 'none';
  return {
    inScale: slice('inScale'),
    inShift: slice('inShift'),
    outScale: slice('outScale'),
    bias: slice('bias'),
    noise: has('noise') ? seeded(g, `${name} noise`, picture) : undefined,
    residual: has('residual') ? seeded(g, `${name} residual`, [s.outChannels, ...picture]) : undefined,
    activation: { kind, slope: 0.2, slopes, gain: Math.SQRT2 },
  };
}

function referenceOperands(name: string, use: readonly OperandName[], s: Sizes): ReferenceEpilogue {
  const has = (operand: OperandName): boolean => use.includes(operand);
  const length = lengths(s);
  const slice = (operand: keyof typeof length): Float32Array | undefined =>
    has(operand) ? randomArray(`${name} ${operand}`, length[operand] + OFFSET).slice(OFFSET) : undefined;
  const pixels = s.outHeight * s.outWidth;
  const slopes = has('prelu') ? randomArray(`${name} slopes`, s.outChannels) : has('leaky') ? 0.2 : 1;
  return {
    inScale: slice('inScale'),
    inShift: slice('inShift'),
    outScale: slice('outScale'),
    bias: slice('bias'),
    noise: has('noise') ? randomArray(`${name} noise`, pixels) : undefined,
    residual: has('residual') ? randomArray(`${name} residual`, pixels * s.outChannels) : undefined,
    slope: has('relu') ? 0 : slopes,
    gain: Math.SQRT2,
  };
}

/** One convolution; `size` is the input's height and width. */
export interface ConvCaseShape {
  readonly channels: readonly [number, number];
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly stride?: 1 | 2;
  readonly padding?: number;
  readonly groups?: number;
  readonly use?: readonly OperandName[];
}

/** What a rung is asked whether it accepts. */
export function conv2dShape(s: ConvCaseShape): Conv2dShape {
  const { channels, size, kernel, stride = 1, groups = 1, padding = (kernel - 1) / 2 } = s;
  const out = (n: number): number => Math.floor((n + 2 * padding - kernel) / stride) + 1;
  return {
    groups,
    inChannels: channels[0],
    outChannels: channels[1],
    kernel,
    stride,
    spatial: [out(size[0]), out(size[1])],
  };
}

const featuresOf = ({ features }: KernelFacts): GPUFeatureName[] => [...features] as GPUFeatureName[];
const describeFacts = (facts: KernelFacts): string =>
  [facts.software ? ' cpu' : '', ...featuresOf(facts)].filter(Boolean).join(' ');

/** A conv2d case that runs one rung of the ladder. */
export function conv2dCase(shape: ConvCaseShape, variant: Conv2dVariant, facts = DEFAULT_FACTS): KernelCase {
  const { channels, size, kernel, stride = 1, groups = 1, use = [] } = shape;
  const [inChannels, outChannels] = channels;
  const padding = shape.padding ?? (kernel - 1) / 2;
  const out = (n: number): number => Math.floor((n + 2 * padding - kernel) / stride) + 1;
  const sizes = { inChannels, outChannels, outHeight: out(size[0]), outWidth: out(size[1]) };
  const name = `${channels.join('→')} ${size.join('×')} k${kernel} s${stride} p${padding} g${groups} ${use.join('+')}`;
  const x = [inChannels, ...size];
  const w = [groups, inChannels / groups, kernel, kernel, outChannels / groups];
  return {
    name: `conv2d ${variant}${describeFacts(facts)} ${name}`,
    features: featuresOf(facts),
    build(g) {
      const forced: KernelFacts = { ...facts, forced: variant };
      const spatial = [sizes.outHeight, sizes.outWidth] as const;
      const weight = prepareConvWeight(g, {
        label: 'w',
        weight: seeded(g, `${name} w`, w),
        stride,
        spatial,
        facts: forced,
      });
      const input = seeded(g, `${name} x`, x);
      return [conv2d(g, { label: name, input, weight, stride, padding, ...gpuOperands(g, name, use, sizes) })];
    },
    expected: () => [
      conv2dReference(dense(`${name} x`, x), dense(`${name} w`, w), {
        stride,
        padding,
        ...referenceOperands(name, use, sizes),
      }).data,
    ],
  };
}

/** What a rung is asked whether it accepts. */
const upConvShape = ({ channels, size }: UpCaseShape): UpConvShape => ({
  inChannels: channels[0],
  outChannels: channels[1],
  spatial: size,
});

/** One up-convolution case. */
export interface UpCaseShape extends Pick<ConvCaseShape, 'channels' | 'size' | 'use'> {
  /** Forces several strips. */
  readonly maxBytes?: number;
}

/** An up-convolution case that runs one rung. */
export function upConvCase(shape: UpCaseShape, variant: UpConvVariant, facts = DEFAULT_FACTS): KernelCase {
  const { channels, size, use = [], maxBytes } = shape;
  const [inChannels, outChannels] = channels;
  const sizes = { inChannels, outChannels, outHeight: 2 * size[0], outWidth: 2 * size[1] };
  const strips = maxBytes === undefined ? '' : ` strips of at most ${maxBytes} bytes`;
  const name = `up ${channels.join('→')} ${size.join('×')} ${use.join('+')}${strips}`;
  const [x, w] = [
    [inChannels, ...size],
    [inChannels, 3, 3, outChannels],
  ];
  return {
    name: `upConv ${variant}${describeFacts(facts)} ${name}`,
    features: featuresOf(facts),
    build(g) {
      const operands = gpuOperands(g, name, use, sizes);
      const input = seeded(g, `${name} x`, x);
      const forced: KernelFacts = { ...facts, forcedUp: variant };
      const theta = seeded(g, `${name} w`, w);
      const weight = upConvWeight(g, { label: 'w', weight: theta, spatial: size, facts: forced });
      return [upConv(g, { label: name, input, weight, maxBytes, ...operands })];
    },
    expected: () => [
      upConvReference(dense(`${name} x`, x), dense(`${name} w`, w), referenceOperands(name, use, sizes)).data,
    ],
  };
}

const GENERATOR: readonly OperandName[] = ['inScale', 'outScale', 'bias', 'noise', 'leaky'];

/** Convolutions that every rung which accepts them must get right. */
export const CONV_SHAPES: readonly ConvCaseShape[] = [
  { channels: [1, 1], size: [1, 1], kernel: 1 },
  { channels: [1, 1], size: [1, 1], kernel: 3, use: ['bias'] },
  { channels: [3, 5], size: [7, 5], kernel: 3, use: GENERATOR },
  { channels: [16, 16], size: [8, 8], kernel: 3, use: GENERATOR },
  { channels: [13, 17], size: [9, 15], kernel: 3, use: ['inScale', 'inShift', 'prelu'] },
  { channels: [8, 33], size: [17, 16], kernel: 3, stride: 2, use: ['outScale', 'bias', 'residual', 'relu'] },
  { channels: [4, 31], size: [4, 3], kernel: 3, use: ['outScale', 'bias', 'residual', 'prelu'] },
  { channels: [12, 24], size: [14, 12], kernel: 1, stride: 2, use: ['outScale', 'bias'] },
  { channels: [20, 12], size: [6, 11], kernel: 1, use: ['bias', 'relu'] },
  { channels: [6, 10], size: [30, 32], kernel: 7, stride: 2, use: ['outScale', 'bias', 'prelu'] },
  { channels: [6, 12], size: [15, 17], kernel: 7, stride: 2, use: ['outScale', 'bias', 'prelu'] },
  { channels: [8, 36], size: [17, 16], kernel: 3, stride: 2, use: ['outScale', 'bias', 'residual', 'relu'] },
  { channels: [12, 80], size: [7, 8], kernel: 3, groups: 4, stride: 2, use: ['inScale', 'bias', 'leaky'] },
  { channels: [6, 16], size: [9, 14], kernel: 7, stride: 2, use: ['outScale', 'bias', 'prelu'] },
  { channels: [10, 32], size: [7, 5], kernel: 3, stride: 2, use: ['inScale', 'inShift', 'bias', 'residual', 'leaky'] },
  { channels: [6, 48], size: [4, 4], kernel: 3, groups: 3, stride: 2, use: ['bias', 'noise', 'leaky'] },
  { channels: [12, 20], size: [8, 8], kernel: 3, groups: 4, stride: 2, use: ['bias', 'leaky'] },
  { channels: [24, 12], size: [5, 6], kernel: 3, groups: 3, use: ['inScale', 'inShift', 'bias', 'leaky'] },
  { channels: [8, 8], size: [4, 4], kernel: 3, padding: 0, use: GENERATOR },
  { channels: [13, 20], size: [9, 36], kernel: 3, use: ['inScale', 'inShift', 'prelu'] },
  { channels: [37, 68], size: [19, 12], kernel: 3, use: ['inScale', 'inShift', 'outScale', 'residual', 'prelu'] },
  { channels: [32, 48], size: [31, 20], kernel: 3, use: GENERATOR },
  { channels: [64, 64], size: [4, 4], kernel: 3, use: GENERATOR },
  { channels: [32, 48], size: [31, 33], kernel: 3, use: GENERATOR },
  {
    channels: [37, 68],
    size: [19, 10],
    kernel: 3,
    use: ['inScale', 'inShift', 'outScale', 'residual', 'prelu'],
  },
  { channels: [300, 100], size: [9, 7], kernel: 3, use: ['inScale', 'outScale', 'bias', 'noise', 'leaky'] },
  { channels: [70, 132], size: [9, 8], kernel: 3, stride: 2, use: ['outScale', 'bias', 'residual', 'relu'] },
  { channels: [12, 36], size: [6, 9], kernel: 3, padding: 0, use: ['bias', 'leaky'] },
  { channels: [7, 20], size: [11, 6], kernel: 3, use: ['inScale', 'inShift', 'residual', 'prelu'] },
  { channels: [3, 32], size: [9, 8], kernel: 3, stride: 2, use: ['outScale', 'residual', 'prelu'] },
];

/** Up-convolutions that every rung must get right. */
export const UP_SHAPES: readonly UpCaseShape[] = [
  { channels: [1, 1], size: [1, 1] },
  { channels: [2, 3], size: [1, 7], use: GENERATOR },
  { channels: [3, 2], size: [7, 1], use: GENERATOR },
  { channels: [7, 13], size: [5, 5], use: GENERATOR },
  { channels: [12, 16], size: [6, 8], use: GENERATOR },
  { channels: [5, 3], size: [9, 17], use: ['inScale', 'bias', 'prelu'] },
  { channels: [32, 33], size: [16, 15], use: GENERATOR },
  { channels: [64, 24], size: [4, 4], use: GENERATOR },
  { channels: [1, 16], size: [1, 1] },
  { channels: [13, 48], size: [9, 20], use: ['inScale', 'bias', 'prelu'] },
  { channels: [64, 32], size: [4, 4], use: GENERATOR },
  { channels: [12, 16], size: [11, 4], use: ['inScale', 'outScale', 'bias', 'noise', 'prelu'], maxBytes: 16000 },
  { channels: [8, 32], size: [16, 12], use: GENERATOR, maxBytes: 60000 },
  { channels: [150, 68], size: [5, 9], use: ['inScale', 'outScale', 'bias', 'noise', 'prelu'] },
];

const GPU_FACTS = DEFAULT_FACTS;
const CPU_FACTS: KernelFacts = { ...DEFAULT_FACTS, software: true };
const CPU_SUBGROUP_FACTS: KernelFacts = { ...CPU_FACTS, features: new Set(['subgroups']) };

const MATRIX_FACTS: KernelFacts = { ...GPU_FACTS, matrixUnits: true };

/** Variants that come down to matrix products run once with each product kernel. */
const factsOf = (variant: Conv2dVariant | UpConvVariant): readonly KernelFacts[] =>
  usesProducts(variant) ? [CPU_FACTS, CPU_SUBGROUP_FACTS, GPU_FACTS] : [GPU_FACTS];

/** Every rung with every kernel on every shape it accepts. */
export const CONV_CASES: readonly KernelCase[] = CONV2D_VARIANTS.flatMap((variant) =>
  factsOf(variant).flatMap((facts) =>
    CONV_SHAPES.filter((s) => supports('conv2d', variant, conv2dShape(s))).map((s) => conv2dCase(s, variant, facts)),
  ),
);

/** Every up-convolution rung with every kernel on every shape. */
export const UP_CASES: readonly KernelCase[] = variantsOf('upConv').flatMap((variant) =>
  factsOf(variant).flatMap((facts) =>
    UP_SHAPES.filter((s) => supports('upConv', variant, upConvShape(s))).map((s) => upConvCase(s, variant, facts)),
  ),
);

/** A convolution of each rung that comes down to products, in half precision: what only hosts with `shader-f16` can run. */
export const HALF_CASES: readonly KernelCase[] = (['f16-storage', 'f16'] as const).flatMap((precision) =>
  [CPU_FACTS, GPU_FACTS, CPU_SUBGROUP_FACTS, MATRIX_FACTS].flatMap((facts) => {
    const half: KernelFacts = { ...facts, precision };
    const shape: ConvCaseShape = { channels: [22, 32], size: [17, 20], kernel: 3, use: GENERATOR };
    return [
      conv2dCase(shape, 'winograd', half),
      conv2dCase({ ...shape, stride: 2, use: ['outScale', 'bias'] }, 'columns', half),
      upConvCase({ channels: [23, 16], size: [5, 8], use: GENERATOR }, 'columns', half),
    ];
  }),
);
