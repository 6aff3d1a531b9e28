/**
 * LPIPS (Zhang et al. 2018, arXiv 1801.03924), v0.1: the distance of two pictures in features of AlexNet or VGG16.
 * Widths are read from the weights. Keys: torchvision's `features.N.{weight,bias}` and the heads'
 * `linI.model.1.weight`, after a prefix.
 */

import { ensure } from '../errors.ts';
import { conv2d, conv2dSizes, convWeightShape } from '../kernels/conv2d.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { lpipsTap } from '../kernels/losses.ts';
import { maxPool } from '../kernels/max-pool.ts';
import { sum } from '../kernels/product.ts';
import type { Tensor } from '../tensor.ts';
import { LPIPS_LAYERS, type LpipsKind } from '../weights/lpips-layers.ts';
import { type ConvWeights, slice } from './conv-weights.ts';

/** Pictures in [-1, 1] are read as (x − shift) / scale, by channel. */
const SHIFT = [-0.03, -0.088, -0.188];
const SCALE = [0.458, 0.448, 0.45];

/** What LPIPS is recorded with. */
export interface Lpips {
  readonly weights: ConvWeights;
  readonly kind: LpipsKind;
  /** Checkpoint prefix with its dot, or nothing. */
  readonly prefix: string;
}

/** The features of a picture `[3, H, W]` in [-1, 1], after each tap. */
export function lpipsFeatures(g: Recorder, { weights, kind, prefix }: Lpips, picture: Tensor): Tensor[] {
  const { plan } = weights;
  const constant = (name: string, value: (i: number) => number): Tensor =>
    plan.derive(`${prefix}lpips ${name}`, [3], [], () => Float32Array.from({ length: 3 }, (_, i) => value(i)));
  const inScale = slice(constant('scale', (i) => 1 / (SCALE[i] ?? 1)));
  const inShift = slice(constant('shift', (i) => -(SHIFT[i] ?? 0) / (SCALE[i] ?? 1)));
  const taps: Tensor[] = [];
  let x = picture;
  for (const { index, stride = 1, padding = 1, pool, tap } of LPIPS_LAYERS[kind]) {
    const label = `${prefix}features.${index}`;
    if (pool) x = maxPool(g, { label: `${label} pool`, input: x, ...pool });
    const stored = plan.conv(`${label}.weight`, [`${label}.weight`]);
    const sizes = conv2dSizes(label, convWeightShape(stored), [dim(x, 1), dim(x, 2)], { stride, padding });
    const use = { stride, spatial: [sizes.outHeight, sizes.outWidth] as const };
    x = conv2d(g, {
      label,
      input: x,
      weight: weights.made(label, stored, use),
      stride,
      padding,
      ...(index === 0 && { inScale, inShift }),
      bias: slice(plan.plain(`${label}.bias`)),
      activation: { kind: 'relu' },
    });
    if (tap) taps.push(x);
  }
  return taps;
}

/**
 * The distance of features from a target's, which are constants.
 * @returns each tap's distance and their sum, each `[1]`
 */
export function lpipsDistance(
  g: Recorder,
  { weights: { plan }, prefix }: Lpips,
  features: readonly Tensor[],
  target: readonly Tensor[],
): { layers: Tensor[]; total: Tensor } {
  const layers = features.map((input, i) => {
    const key = `${prefix}lin${i}.model.1.weight`;
    return lpipsTap(g, { label: key, input, target: target[i] ?? input, weights: plan.plain(key, [dim(input, 0)]) });
  });
  const [first, ...rest] = layers;
  ensure(first, 'model', 'LPIPS has no taps');
  const total = rest.reduce((a, b) => sum(g, { label: `${prefix}lpips`, a, b }), first);
  return { layers, total };
}
