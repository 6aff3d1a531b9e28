/**
 * Small odd problems with known answers, one or two a rung. Operands are those that networks really have (generator layers,
 * residual blocks), so that most trials run on pipelines the engine compiles anyway. Not a kernel test: `test/kernels` goes
 * through every operand and shape; here a driver's mistake must show within milliseconds.
 */

import { BLOCK, batchedProduct } from '../kernels/batched-product.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { conv2d, prepareConvWeight } from '../kernels/conv2d.ts';
import { demodulation, demodulationTable } from '../kernels/demodulation.ts';
import { storedType } from '../kernels/element.ts';
import type { Slice } from '../kernels/kernel.ts';
import { layerHead } from '../kernels/layer-head.ts';
import { conv2dReference, type Dense, upConvReference } from '../kernels/reference/conv2d.ts';
import { demodulationReference, toRgbReference } from '../kernels/reference/generator.ts';
import { layerHeadReference, sharedHeadReference } from '../kernels/reference/heads.ts';
import { batchedProductReference } from '../kernels/reference/product.ts';
import { randomArray } from '../kernels/reference/seeded.ts';
import {
  type Conv2dVariant,
  type ExpandVariant,
  type LayerHeadVariant,
  narrowKernel,
  type Precision,
  type ProductKernel,
  type Rung,
  type SharedHeadVariant,
  type UpConvVariant,
} from '../kernels/rungs.ts';
import { sharedHead } from '../kernels/shared-head.ts';
import { toRgb } from '../kernels/to-rgb.ts';
import { upConv, upConvWeight } from '../kernels/upconv.ts';
import type { KernelRun } from '../runtime/kernel-run.ts';
import { type DType, elementCount, type Shape, type Tensor, tensor } from '../tensor.ts';
import { fromHalf, toHalf } from '../weights/half.ts';
import { quantizeRows, rowScales } from '../weights/quantize.ts';

/** One problem: records a rung on seeded numbers, and says what must come out. */
export type Trial = (g: KernelRun) => { readonly output: Tensor; readonly expected: () => ArrayLike<number> };

/** How a network stores the weights of its heads. */
export interface HeadStorage {
  readonly dtype: DType;
  /** Layers of the shared head. */
  readonly layers: number;
}

function seeded(g: KernelRun, name: string, shape: Shape): Dense & { readonly tensor: Tensor } {
  const data = randomArray(name, elementCount(shape));
  return { shape, data, tensor: g.input(name, shape, data) };
}

/** A weight matrix in a storage type, and the numbers it then stands for. */
function stored(g: KernelRun, name: string, [rows, columns]: readonly [number, number], dtype: DType) {
  const values = randomArray(name, rows * columns);
  if (dtype === 'f32') return { tensor: g.input(name, [rows, columns], values), scales: undefined, values };
  if (dtype === 'f16') {
    const bits = toHalf(values);
    return { tensor: g.input(name, [rows, columns], bits, 'f16'), scales: undefined, values: fromHalf(bits) };
  }
  const scales = rowScales(values, rows);
  const codes = quantizeRows(values, scales);
  return {
    tensor: g.input(name, [rows, columns], codes, 'i8'),
    scales: g.input(`${name} scales`, [rows], scales),
    values: Float32Array.from(codes, (code, i) => code * (scales[Math.floor(i / columns)] ?? 0)),
  };
}

/** A whole operand as the vector that kernels read. */
const whole = ({ tensor: t }: { tensor: Tensor }): Slice => ({ tensor: t, offset: 0 });

/** The surroundings of a generator layer `[I, H, W]` → `[O, OH, OW]`. */
function generatorOperands(g: KernelRun, inChannels: number, outChannels: number, picture: readonly [number, number]) {
  const [style, factor] = [seeded(g, 'style', [inChannels]), seeded(g, 'factor', [outChannels])];
  const [bias, noise] = [seeded(g, 'bias', [outChannels]), seeded(g, 'noise', picture)];
  return {
    gpu: {
      inScale: whole(style),
      outScale: whole(factor),
      bias: whole(bias),
      noise: noise.tensor,
      activation: { kind: 'leaky', slope: 0.2, gain: Math.SQRT2 } as const,
    },
    reference: {
      inScale: style.data,
      outScale: factor.data,
      bias: bias.data,
      noise: noise.data,
      slope: 0.2,
      gain: Math.SQRT2,
    },
  };
}

/**
 * A product of few columns and one of many: rungs may have a kernel for each. The second goes beyond a tile of 64 rows
 * and fills none, and its depth is two fragments of matrix units and five terms more.
 */
const PRODUCTS = [
  { batches: 3, depth: 7, rows: 16, columns: 4 },
  { batches: 2, depth: 37, rows: 80, columns: 48 },
] as const;

const productTrial =
  (kernel: ProductKernel, precision: Precision, { batches, depth, rows, columns }: (typeof PRODUCTS)[number]): Trial =>
  (g) => {
    const dtype = storedType(precision);
    const left = stored(g, 'left', [batches * depth, rows], dtype);
    const right = stored(g, 'right', [batches * depth, columns], dtype);
    const output = tensor('product', [batches, rows, columns]);
    const sizes = { batches, depth, rows, columns, flops: 0, kernel, precision };
    g.add(batchedProduct({ op: 'trial', label: kernel, left: left.tensor, right: right.tensor, output, ...sizes }));
    const expected = () => batchedProductReference(left.values, right.values, [batches, depth, rows, columns]);
    return { output, expected };
  };

/** Input channels of a convolution's trials: few, and for rungs that split their sums on this adapter as many as that takes. */
const channelsOf = (rung: Rung, { software }: KernelFacts): readonly number[] =>
  !software && ['conv2d/fused', 'conv2d/implicit', 'upConv/fused'].includes(rung) ? [5, 37] : [5];

/** A 3×3 generator layer for both Winograds, a strided 3×3 of a residual block for the others. */
const convTrial =
  (variant: Conv2dVariant, facts: KernelFacts, inChannels: number): Trial =>
  (g) => {
    const strided = variant !== 'winograd' && variant !== 'fused';
    const [outChannels, height, width] = strided ? [16, 9, 7] : [20, 13, 20];
    const stride = strided ? 2 : 1;
    const spatial = [Math.ceil(height / stride), Math.ceil(width / stride)] as const;
    const x = seeded(g, 'x', [inChannels, height, width]);
    const w = seeded(g, 'w', [1, inChannels, 3, 3, outChannels]);
    const forced = { ...facts, forced: variant };
    const weight = prepareConvWeight(g, { label: 'trial', weight: w.tensor, stride, spatial, facts: forced });
    const around = generatorOperands(g, inChannels, outChannels, spatial);
    const { outScale, bias } = around.gpu;
    const gpu = strided ? { outScale, bias, activation: { kind: 'relu' } as const } : around.gpu;
    const reference = strided
      ? { outScale: around.reference.outScale, bias: around.reference.bias, slope: 0 }
      : around.reference;
    return {
      output: conv2d(g, { label: 'trial', input: x.tensor, weight, stride, ...gpu }),
      expected: () => conv2dReference(x, w, { stride, padding: 1, ...reference }).data,
    };
  };

const upConvTrial =
  (variant: UpConvVariant, facts: KernelFacts, inChannels: number): Trial =>
  (g) => {
    const spatial = [5, variant === 'columns' ? 8 : 3] as const; // products read rows in vectors
    const x = seeded(g, 'x', [inChannels, ...spatial]);
    const w = seeded(g, 'w', [inChannels, 3, 3, 16]);
    const forced = { ...facts, forced: undefined, forcedUp: variant };
    const weight = upConvWeight(g, { label: 'trial', weight: w.tensor, spatial, facts: forced });
    const around = generatorOperands(g, inChannels, 16, [10, 2 * spatial[1]]);
    return {
      output: upConv(g, { label: 'trial', input: x.tensor, weight, ...around.gpu }),
      expected: () => upConvReference(x, w, around.reference).data,
    };
  };

const layerHeadTrial =
  (variant: LayerHeadVariant, { dtype }: HeadStorage): Trial =>
  (g) => {
    const [z, rows] = [36, 37];
    const state = seeded(g, 'state', [3, z + 1]);
    const weight = stored(g, 'w', [rows, z], dtype);
    const bias = seeded(g, 'b', [rows]);
    const matrix = { chunks: [weight.tensor], scales: weight.scales };
    const output = tensor('Δ', [rows, 1]);
    layerHead(g, { state: state.tensor, row: 1, weight: matrix, bias: bias.tensor, output, variant });
    return { output, expected: () => layerHeadReference(state.data, weight.values, bias.data, [1, z]) };
  };

const sharedHeadTrial =
  (
    rungs: { readonly expand?: ExpandVariant; readonly product?: SharedHeadVariant },
    { dtype, layers }: HeadStorage,
    facts: KernelFacts,
  ): Trial =>
  (g) => {
    const [z, channels, taps] = [64, 16, 3] as const;
    const state = seeded(g, 'state', [layers, z + 1]);
    const w2 = stored(g, 'w2', [z, channels * z], dtype);
    const w1 = stored(g, 'w1', [z, channels * taps ** 2], dtype === 'i8' ? 'f16' : dtype);
    const [b2, b1] = [seeded(g, 'b2', [channels * z]), seeded(g, 'b1', [channels * taps ** 2])];
    const output = sharedHead(g, {
      state: state.tensor,
      w1: w1.tensor,
      w1Scales: w1.scales,
      b1: b1.tensor,
      w2: { chunks: [w2.tensor], scales: w2.scales },
      b2: b2.tensor,
      outChannels: channels,
      taps,
      facts,
      ...rungs,
    });
    const weights = { w1: w1.values, b1: b1.data, w2: w2.values, b2: b2.data };
    return { output, expected: () => sharedHeadReference(state.data, weights, [layers, z, channels]) };
  };

/** Sums long enough to be shared, of few results. */
const SUM_TERMS = 37;

const toRgbTrial =
  (facts: KernelFacts): Trial =>
  (g) => {
    const [x, w] = [seeded(g, 'x', [SUM_TERMS, 5, 8]), seeded(g, 'w', [SUM_TERMS, 1, 1, 3])];
    const [styles, bias] = [seeded(g, 'styles', [SUM_TERMS]), seeded(g, 'bias', [3])];
    const vectors = { styles: whole(styles), bias: whole(bias) };
    const output = toRgb(g, { label: 'trial', input: x.tensor, weight: w.tensor, ...vectors, facts });
    return { output, expected: () => toRgbReference(x, w, styles.data, bias.data).data };
  };

const demodulationTrial =
  (facts: KernelFacts): Trial =>
  (g) => {
    const shape = [SUM_TERMS, 19] as const;
    const styles = seeded(g, 'styles', [SUM_TERMS]);
    const data = randomArray('energy', elementCount(shape)).map((v) => v * v);
    const layer = { style: 0, energy: 0, inChannels: shape[0], outChannels: shape[1] };
    const table = g.input('table', [shape[1], 4], demodulationTable([layer]));
    const output = demodulation(g, { styles: styles.tensor, energy: g.input('energy', shape, data), table, facts });
    return { output, expected: () => demodulationReference(styles.data, { shape, data }) };
  };

/** The trials of a rung. */
export function trialsOf(rung: Rung, facts: KernelFacts, heads: HeadStorage): readonly Trial[] {
  const [family, variant] = rung.split('/');
  switch (family) {
    case 'product':
      return PRODUCTS.filter(
        ({ columns }) => columns % BLOCK === 0 || narrowKernel(variant as ProductKernel) === variant,
      ).map((sizes) => productTrial(variant as ProductKernel, facts.precision ?? 'f32', sizes));
    case 'conv2d':
      return channelsOf(rung, facts).map((channels) => convTrial(variant as Conv2dVariant, facts, channels));
    case 'upConv':
      return channelsOf(rung, facts).map((channels) => upConvTrial(variant as UpConvVariant, facts, channels));
    case 'layerHead':
      return [layerHeadTrial(variant as LayerHeadVariant, heads)];
    case 'expand':
      return [sharedHeadTrial({ expand: variant as ExpandVariant }, heads, facts)];
    case 'sum': {
      const forced = { ...facts, software: variant === 'alone' };
      return [toRgbTrial(forced), demodulationTrial(forced)];
    }
    default:
      return [sharedHeadTrial({ product: variant as SharedHeadVariant }, heads, facts)];
  }
}
