/**
 * What a picture shows where there is no face to compare, as HyperStyle trains on cars and animals: ResNet-50 of MoCo
 * v2 (Chen et al. 2020, arXiv 2003.04297), its pooled features compared by their angle. Pictures are read through
 * nearest resizing to a square and not normalised, which is how the authors call it. Widths are read from the weights.
 */
import { conv2d } from '../kernels/conv2d.ts';
import type { Activation } from '../kernels/epilogue.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { maxPool } from '../kernels/max-pool.ts';
import { nearestResize } from '../kernels/nearest-resize.ts';
import { equallyLong } from '../kernels/pixel-norm.ts';
import { globalPool } from '../kernels/pools.ts';
import { type Tensor, view } from '../tensor.ts';
import { type ConvWeights, slice } from './conv-weights.ts';

/** Side of the picture the network reads. */
const MOCO_SIDE = 224;
/** Units of each stage. */
const MOCO_UNITS: readonly number[] = [3, 4, 6, 3];

const RELU: Activation = { kind: 'relu' };

/** What the network is recorded with. */
export interface MocoNet {
  readonly weights: ConvWeights;
  /** Checkpoint prefix with its dot, or nothing. */
  readonly prefix: string;
  /** Units of each stage; those of ResNet-50 when absent. */
  readonly units?: readonly number[] | undefined;
  /** Side of the picture it reads; 224 when absent. */
  readonly side?: number | undefined;
}

/**
 * Features of a picture `[3, H, W]` in [-1, 1] of any shape: `[1, n]`, of length √n. @throws `tensor` error when
 * weights do not fit
 */
export function mocoFeatures(g: Recorder, net: MocoNet, picture: Tensor): Tensor {
  const { weights, prefix, units = MOCO_UNITS, side = MOCO_SIDE } = net;
  const input = nearestResize(g, { label: `${prefix}picture`, input: picture, size: [side, side] });
  const stem = convNorm(
    g,
    weights,
    { conv: `${prefix}conv1`, norm: `${prefix}bn1` },
    { input, stride: 2, activation: RELU },
  );
  let features = maxPool(g, { label: `${prefix}maxpool`, input: stem, kernel: 3, stride: 2, padding: 1 });
  units.forEach((count, stage) => {
    for (let i = 0; i < count; i++) {
      const stride = i === 0 && stage > 0 ? 2 : 1;
      features = bottleneck(g, weights, `${prefix}layer${stage + 1}.${i}`, features, stride);
    }
  });
  const pooled = globalPool(g, { label: `${prefix}pool`, input: features, facts: weights.facts });
  return equallyLong(g, `${prefix}features`, view(pooled, [1, dim(features, 0)]));
}

/** ResNet `Bottleneck` with its stride on the 3×3 (torchvision's). */
function bottleneck(g: Recorder, weights: ConvWeights, prefix: string, input: Tensor, stride: 1 | 2): Tensor {
  const keys = (n: number) => ({ conv: `${prefix}.conv${n}`, norm: `${prefix}.bn${n}` });
  const narrow = convNorm(g, weights, keys(1), { input, activation: RELU });
  const hidden = convNorm(g, weights, keys(2), { input: narrow, stride, activation: RELU });
  const down = `${prefix}.downsample`;
  const residual = weights.plan.has(`${down}.0.weight`)
    ? convNorm(g, weights, { conv: `${down}.0`, norm: `${down}.1` }, { input, stride })
    : input;
  return convNorm(g, weights, keys(3), { input: hidden, residual, activation: RELU });
}

/** A convolution with frozen BatchNorm; zeros around it as the filter's side wants. */
function convNorm(
  g: Recorder,
  weights: ConvWeights,
  keys: { readonly conv: string; readonly norm: string },
  a: {
    readonly input: Tensor;
    readonly stride?: 1 | 2;
    readonly residual?: Tensor;
    readonly activation?: Activation;
  },
): Tensor {
  const { scale, shift } = weights.plan.batchNorm(keys.norm);
  const weight = weights.static(`${keys.conv}.weight`, a.input, a.stride);
  return conv2d(g, { ...a, label: keys.conv, weight, outScale: slice(scale), bias: slice(shift) });
}
