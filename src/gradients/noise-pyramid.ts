/**
 * The noise loss of StyleGAN2's projector: every map and its halves down to 8 pixels must not resemble themselves one
 * pixel further.
 */
import type { Recorder } from '../kernels/kernel.ts';
import { noiseLoss } from '../kernels/losses.ts';
import { adaptivePool } from '../kernels/pools.ts';
import { sum } from '../kernels/product.ts';
import { type Tensor, view } from '../tensor.ts';

/** Maps of this side are not halved again. */
const LEAST_SIDE = 8;

/** The sum over all maps `[H, W]` and their 2×2 averages: `[1]`; undefined without maps. */
export function noisePyramid(g: Recorder, maps: readonly Tensor[]): Tensor | undefined {
  const terms = maps.flatMap((map, i) =>
    levels(g, map).map((level) => noiseLoss(g, { label: `noise ${i}`, map: level })),
  );
  const [first, ...rest] = terms;
  return first && rest.reduce((a, b) => sum(g, { label: 'noise loss', a, b }), first);
}

function levels(g: Recorder, map: Tensor): Tensor[] {
  const [height = 0, width = 0] = map.shape;
  if (height <= LEAST_SIDE) return [map];
  const [half, halfWidth] = [height / 2, width / 2];
  const pooled = adaptivePool(g, {
    label: 'noise level',
    input: view(map, [1, height, width]),
    height: half,
    width: halfWidth,
  });
  return [map, ...levels(g, view(pooled, [half, halfWidth]))];
}
