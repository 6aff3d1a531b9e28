/** Golden cases of losses: value and gradient. */
import { noisePyramid } from '../../src/gradients/noise-pyramid.ts';
import { dim } from '../../src/kernels/kernel.ts';
import { cosineLoss, squaredLoss } from '../../src/kernels/losses.ts';
import { standardise } from '../../src/kernels/optimisers.ts';
import { equallyLong } from '../../src/kernels/pixel-norm.ts';
import { addInto } from '../../src/kernels/sums.ts';
import { identityFeatures } from '../../src/models/identity.ts';
import { lpipsDistance, lpipsFeatures } from '../../src/models/lpips.ts';
import { mocoFeatures } from '../../src/models/moco.ts';
import { msSsim } from '../../src/models/ms-ssim.ts';
import type { Tensor } from '../../src/tensor.ts';
import { elementCount, tensor, view } from '../../src/tensor.ts';
import type { Rectangle } from '../../src/weights/identity-files.ts';
import type { LpipsKind } from '../../src/weights/lpips-layers.ts';
import type { GradientCase } from './gradient-case.ts';
import type { Layout } from './op-case.ts';

/** The mean over the batch of a loss of each picture. */
function meanOverBatch(c: GradientCase, each: readonly Tensor[]): void {
  c.average('value', each);
  for (const of of each) c.start(of, 1 / each.length);
}

/** Mean squared error. */
export function squaredLossCase(c: GradientCase): void {
  const each = Array.from({ length: c.batch }, (_, n) => {
    return squaredLoss(c.tape, { label: 'l2', input: c.input('x', n), target: c.input('target', n) });
  });
  meanOverBatch(c, each);
}

/** LPIPS of each picture, its layers, and the mean. */
export function lpipsCase(c: GradientCase): void {
  const net = { weights: c.weights, kind: c.golden.entry.net_kind as LpipsKind, prefix: '' };
  const each = Array.from({ length: c.batch }, (_, n) => {
    const target = lpipsFeatures(c.tape, net, c.input('target', n));
    const { layers, total } = lpipsDistance(c.tape, net, lpipsFeatures(c.tape, net, c.input('x', n)), target);
    const row = tensor(`layers ${n}`, [layers.length]);
    layers.forEach((a, offset) => {
      addInto(c.tape, { a, target: { tensor: row, offset }, keep: false });
    });
    c.name('layers', n, row);
    c.name('each', n, total);
    return total;
  });
  meanOverBatch(c, each);
}

/** Rectangle of a case's `crop`: rows, then columns. */
function faceOf({ golden }: GradientCase): Rectangle {
  const [top = 0, bottom = 0, left = 0, right = 0] = golden.entry.crop as number[];
  return { rows: [top, bottom], columns: [left, right] };
}

/** The identity loss: 1 − cosine of descriptors, which are compared at unit length. */
export function identityCase(c: GradientCase): void {
  const { units, side } = c.golden.entry as { units?: number[]; side?: number };
  const net = { weights: c.weights, prefix: '', units, side, face: faceOf(c) };
  cosineCase(c, (picture) => identityFeatures(c.tape, net, picture));
}

/** The loss on features of MoCo. */
export function mocoCase(c: GradientCase): void {
  const { units, side } = c.golden.entry as { units?: number[]; side?: number };
  const net = { weights: c.weights, prefix: '', units, side };
  cosineCase(c, (picture) => mocoFeatures(c.tape, net, picture));
}

function cosineCase(c: GradientCase, featuresOf: (picture: Tensor) => Tensor): void {
  const unit: Layout = (values) => values.map((value) => value / Math.sqrt(values.length));
  const each = Array.from({ length: c.batch }, (_, n) => {
    const input = featuresOf(c.input('x', n));
    const given = c.golden.tensors.has('in.target_features');
    const target = given
      ? equallyLong(c.tape, 'target', c.input('target_features', n, [1, dim(input, 1)]))
      : featuresOf(c.input('target', n));
    c.name('features', n, input, unit);
    if (!given) c.name('target_features', n, target, unit);
    const loss = cosineLoss(c.tape, { label: 'golden', input, target });
    if (c.golden.tensors.has('out.cosines')) c.name('cosines', n, loss, (values) => values.map((value) => 1 - value));
    return loss;
  });
  meanOverBatch(c, each);
}

/** MS-SSIM in both forms; the gradient is the standard one's. */
export function msSsimCase(c: GradientCase): void {
  const each = Array.from({ length: c.batch }, (_, n) => {
    const pair = { input: c.input('x', n), target: c.input('target', n) };
    const { channels, mean } = msSsim(c.tape, { ...pair, label: 'golden', form: 'standard' });
    c.name('channels', n, channels);
    c.name('authors', n, msSsim(c.tape, { ...pair, label: 'authors', form: 'authors' }).mean);
    return mean;
  });
  meanOverBatch(c, each);
}

/** The noise loss, and maps made mean 0 and mean square 1. */
export function noiseLossCase(c: GradientCase): void {
  const maps: Tensor[] = [];
  for (let i = 0; c.golden.tensors.has(`in.noise${i}`); i++) {
    const { shape } = c.golden.tensors.get(`in.noise${i}`) ?? { shape: [] };
    maps.push(c.input(`noise${i}`, 0, shape.slice(-2)));
  }
  const total = noisePyramid(c.tape, maps);
  if (total) meanOverBatch(c, [total]);
  maps.forEach((map, i) => {
    const copy = tensor(`normalised ${i}`, map.shape);
    addInto(c.tape, { a: map, target: { tensor: copy, offset: 0 }, keep: false });
    standardise(c.tape, copy);
    c.name(`normalised_noise${i}`, 0, view(copy, [elementCount(map.shape)]));
  });
}
