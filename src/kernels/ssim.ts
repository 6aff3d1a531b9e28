/**
 * SSIM of two pictures at one scale, and the product over scales that makes MS-SSIM of it (Wang, Simoncelli, Bovik
 * 2003), as ops. How scales follow each other is `src/models/ms-ssim.ts`; the way back is `backward/ssim.ts`.
 */

import { ensure } from '../errors.ts';
import { expectShape, type Tensor, view } from '../tensor.ts';
import { dim, f32, type Recorder, read, type Slice, type UniformField, u32, write } from './kernel.ts';
import { elementwise, rowwise } from './pointwise.ts';
import type { Substitutions } from './shader.ts';
import { SSIM_WEIGHTS, SSIM_WINDOW } from './ssim-window.ts';
import { addInto, channelSums, fill } from './sums.ts';

/** The window as shaders have it. */
export const SSIM_TAPS: Substitutions = { TAPS: SSIM_WINDOW, WEIGHTS: SSIM_WEIGHTS.join(', ') };

/** How a picture's numbers are read: a = scale · x + shift, whose values have a dynamic range L. */
export interface SsimReading {
  readonly scale: number;
  readonly shift: number;
  /** L, or `guessed`: 2 where any value lies below −0.5, else 1 (HyperStyle's metric). */
  readonly range: number | 'guessed';
}

/** Arguments of {@link ssimScale}. */
export interface SsimScaleArgs extends SsimReading {
  readonly label: string;
  /** `[C, H, W]`, no side below the window. */
  readonly input: Tensor;
  /** Like it; a constant. */
  readonly target: Tensor;
  /** `[scales, 2, C]`: at `offset`, each channel's mean contrast, then each channel's mean SSIM are written. */
  readonly statistics: Slice;
}

/** Uniform fields of `parts/ssim_pictures.wgsl`. */
export const ssimRowFields = ({ input, scale, shift }: SsimScaleArgs): UniformField[] => [
  u32('rows', dim(input, 0) * dim(input, 1)),
  u32('width', dim(input, 2)),
  u32('out_width', dim(input, 2) - SSIM_WINDOW + 1),
  f32('scale', scale),
  f32('shift', shift),
];

/** Uniform fields of `parts/ssim_terms.wgsl`. @param means of the windows `[5, C, h, w]` */
export const ssimTermFields = ({ statistics, range }: SsimScaleArgs, means: Tensor): UniformField[] => [
  u32('rows', dim(means, 1) * dim(means, 2)),
  u32('height', dim(means, 2)),
  u32('width', dim(means, 3)),
  u32('channels', dim(means, 1)),
  u32('first', statistics.offset),
  f32('range', range === 'guessed' ? 0 : range),
];

/** Window means along columns: `[maps, H, W]` → `[maps, H + 2·before − taps + 1, W]`. */
export function ssimColumns(g: Recorder, label: string, input: Tensor, before: number): Tensor {
  const [maps, height, width] = [dim(input, 0), dim(input, 1), dim(input, 2)];
  const outHeight = height + 2 * before - SSIM_WINDOW + 1;
  const output = g.transient(`${label} columns`, [maps, outHeight, width]);
  const count = maps * outHeight * width;
  g.add(
    elementwise(
      {
        op: 'ssimColumns',
        label: `${label} [${input.shape}]`,
        shader: 'ssim_columns',
        parts: ['ssim_taps'],
        substitutions: SSIM_TAPS,
        uniforms: [
          u32('count', count),
          u32('height', height),
          u32('width', width),
          u32('out_height', outHeight),
          u32('before', before),
        ],
        bindings: [read(input), write(output)],
        flops: 2 * SSIM_WINDOW * count,
      },
      count,
    ),
  );
  return output;
}

/**
 * Contrast and SSIM of two pictures in every whole window, averaged a channel, into `statistics`.
 * @throws `tensor` error when shapes differ or a side is below the window
 */
export function ssimScale(g: Recorder, a: SsimScaleArgs): void {
  const { label, input, target, statistics } = a;
  const [channels, height, width] = [dim(input, 0), dim(input, 1), dim(input, 2)];
  expectShape(`ssim "${label}"`, 'target', target, input.shape);
  ensure(
    Math.min(height, width) >= SSIM_WINDOW,
    'tensor',
    () => `ssim "${label}": windows of ${SSIM_WINDOW} pixels do not fit ${height}×${width}`,
  );
  const inner = [height - SSIM_WINDOW + 1, width - SSIM_WINDOW + 1] as const;
  const sums = g.transient(`${label} rows`, [5 * channels, height, inner[1]]);
  const count = channels * height * inner[1];
  g.add(
    elementwise(
      {
        op: 'ssimRows',
        label: `${label} [${input.shape}]`,
        shader: 'ssim_rows',
        parts: ['ssim_pictures', 'ssim_taps'],
        substitutions: SSIM_TAPS,
        uniforms: ssimRowFields(a),
        bindings: [read(input), read(target), write(sums)],
        flops: 14 * SSIM_WINDOW * count,
      },
      count,
    ),
  );
  const means = view(ssimColumns(g, label, sums, 0), [5, channels, ...inner]);
  const below = a.range === 'guessed' ? valuesBelow(g, label, input) : means;
  const rows = g.transient(`${label} terms`, [2, channels, inner[0]]);
  g.add(
    rowwise(
      {
        op: 'ssimTerms',
        label: `${label} [${channels}, ${inner}]`,
        shader: 'ssim_terms',
        parts: ['ssim_terms'],
        uniforms: ssimTermFields(a, means),
        bindings: [read(means), read(below), write(rows)],
        flops: 20 * channels * inner[0] * inner[1],
      },
      channels * inner[0],
    ),
  );
  const factor = 1 / (inner[0] * inner[1]);
  const found = channelSums(g, { label, a: view(rows, [2 * channels, inner[0]]), by: 'one', factor });
  addInto(g, { a: found, target: statistics, keep: false });
  g.pullback?.({ op: 'ssimScale', args: a, output: statistics.tensor, also: [means, below] });
}

/** How many values of a picture lie below −0.5: `[1]`. */
function valuesBelow(g: Recorder, label: string, input: Tensor): Tensor {
  const [rows, width] = [dim(input, 0) * dim(input, 1), dim(input, 2)];
  const counts = g.transient(`${label} below`, [1, rows]);
  g.add(
    rowwise(
      {
        op: 'ssimBelow',
        label: `${label} [${input.shape}]`,
        shader: 'ssim_below',
        uniforms: [u32('rows', rows), u32('width', width)],
        bindings: [read(input), write(counts)],
      },
      rows,
    ),
  );
  return channelSums(g, { label: `${label} below`, a: counts, by: 'one' });
}

/** Scales that are multiplied at most. */
export const MOST_SCALES = 5;

/** Arguments of {@link ssimProduct}. */
export interface SsimProductArgs {
  readonly label: string;
  /** `[scales, 2, C]` */
  readonly statistics: Tensor;
  /** One a scale, at most {@link MOST_SCALES}. */
  readonly exponents: readonly number[];
  /** Whether statistics are averaged over channels before they are multiplied; then a negative mean gives no number, else 0. */
  readonly together: boolean;
  /** Whether 1 − the mean is wanted, a loss. */
  readonly distance: boolean;
}

/** Bits of 0 and of a quiet NaN in f32. */
const [ZERO, NAN] = [0, 0x7fc00000];

const signOf = (distance: boolean): number => (distance ? -1 : 1);

/** Uniform fields of `parts/ssim_product.wgsl`. */
export function ssimProductFields(a: SsimProductArgs): UniformField[] {
  const { statistics, exponents, together, distance } = a;
  const channels = dim(statistics, 2);
  return [
    u32('scales', dim(statistics, 0)),
    u32('channels', channels),
    u32('groups', together ? 1 : channels),
    u32('negative', together ? NAN : ZERO),
    f32('sign', signOf(distance)),
    ...Array.from({ length: MOST_SCALES }, (_, scale) => f32(`exponent${scale}`, exponents[scale] ?? 0)),
  ];
}

/** The product over scales of each channel, or of all together, `[C]` or `[1]`, and their mean `[1]`. */
export function ssimProduct(g: Recorder, a: SsimProductArgs): { channels: Tensor; mean: Tensor } {
  const { label, statistics, exponents, together, distance } = a;
  expectShape(`ssim "${label}"`, 'statistics', statistics, [exponents.length, 2, dim(statistics, 2)]);
  const groups = together ? 1 : dim(statistics, 2);
  const channels = g.transient(`${label} channels`, [groups]);
  g.add(
    elementwise(
      {
        op: 'ssimProduct',
        label,
        shader: 'ssim_product',
        parts: ['ssim_product'],
        uniforms: ssimProductFields(a),
        bindings: [read(statistics), write(channels)],
      },
      groups,
    ),
  );
  const mean = fill(g, g.transient(`${label} value`, [1]), distance ? 1 : 0);
  const factor = signOf(distance) / groups;
  channelSums(g, { label, a: view(channels, [1, groups]), by: 'one', factor, into: mean });
  g.pullback?.({ op: 'ssimProduct', args: a, output: mean });
  return { channels, mean };
}
