/** Pullbacks of pools and resizing. */
import type { Tensor } from '../../tensor.ts';
import { cropRecord } from '../crop.ts';
import { fir as filter, firBackward } from '../fir.ts';
import { dim, type UniformField, u32 } from '../kernel.ts';
import { maxPoolUniforms } from '../max-pool.ts';
import { nearestUniforms } from '../nearest-resize.ts';
import type { Pullback } from './backward.ts';
import { giveInput } from './pointwise.ts';

/** Upsampling and blurring, back to their input. */
export const fir: Pullback<'fir'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (gradient) b.give(args.input, filter(b.g, firBackward(args, gradient)));
  },
};

/** Max pooling, back to the largest pixels. */
export const maxPool: Pullback<'maxPool'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const from = [args.input, gradient];
    giveInput(b, args.input, {
      op: 'maxPoolBackward',
      label: args.label,
      shader: 'max_pool_backward',
      parts: ['max_pool'],
      uniforms: maxPoolUniforms(args),
      from,
    });
  },
};

const poolUniforms = (
  input: Tensor,
  pooled: readonly [number, number],
  first: number,
  rows: number,
): UniformField[] => [
  u32('channels', dim(input, 0)),
  u32('height', dim(input, 1)),
  u32('width', dim(input, 2)),
  u32('pooled_height', pooled[0]),
  u32('pooled_width', pooled[1]),
  u32('first_row', first),
  u32('rows', rows),
];

/** Adaptive average pooling with its row crop, back to its input. */
export const adaptivePool: Pullback<'adaptivePool'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args: { input, height, width, rows }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const [from, to] = rows ?? [0, height];
    const uniforms = poolUniforms(input, [height, width], from, to - from);
    giveInput(b, input, {
      op: 'adaptivePoolBackward',
      label: 'pool',
      shader: 'adaptive_pool_backward',
      uniforms,
      from: [gradient],
    });
  },
};

/** Means over all pixels, back to them. */
export const globalPool: Pullback<'globalPool'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args: { input }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const uniforms = poolUniforms(input, [1, 1], 0, 1);
    giveInput(b, input, {
      op: 'globalPoolBackward',
      label: 'pool',
      shader: 'adaptive_pool_backward',
      uniforms,
      from: [gradient],
    });
  },
};

/** Nearest resizing, back to the pixels that were taken. */
export const nearestResize: Pullback<'nearestResize'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    giveInput(b, args.input, {
      op: 'nearestResizeBackward',
      label: args.label,
      shader: 'nearest_resize_backward',
      parts: ['nearest_resize'],
      uniforms: nearestUniforms(args),
      from: [gradient],
    });
  },
};

/** A crop, back to the pixels that were taken. */
export const crop: Pullback<'crop'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args: { input, label, rows, columns }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const dx = b.g.transient(`${label} gradient`, input.shape);
    b.g.add(cropRecord(`${label} backward`, gradient, dx, -rows[0], -columns[0]));
    b.give(input, dx);
  },
};
