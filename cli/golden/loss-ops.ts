/** Golden cases of losses: value and gradient. */
import { noisePyramid } from '../../src/gradients/noise-pyramid.ts';
import { squaredLoss } from '../../src/kernels/losses.ts';
import { standardise } from '../../src/kernels/optimisers.ts';
import { addInto } from '../../src/kernels/sums.ts';
import { lpipsDistance, lpipsFeatures } from '../../src/models/lpips.ts';
import type { Tensor } from '../../src/tensor.ts';
import { elementCount, tensor, view } from '../../src/tensor.ts';
import type { LpipsKind } from '../../src/weights/lpips-layers.ts';
import type { GradientCase } from './gradient-case.ts';

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
  const net = { plan: c.plan, facts: c.facts, kind: c.golden.entry.net_kind as LpipsKind, prefix: '' };
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
