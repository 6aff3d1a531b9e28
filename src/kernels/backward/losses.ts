/** Pullbacks of losses. */
import { ensure } from '../../errors.ts';
import { elementCount } from '../../tensor.ts';
import { dim, f32, u32 } from '../kernel.ts';
import { channelsAndPixels } from '../pointwise.ts';
import { fill, scaleChannels } from '../sums.ts';
import type { Pullback } from './backward.ts';
import { giveInput } from './pointwise.ts';

/** Mean squared error, back to the picture. */
export const squaredLoss: Pullback<'squaredLoss'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args: { input, target, label, factor = 1 }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const count = elementCount(input.shape);
    giveInput(b, input, {
      op: 'squaredLossBackward',
      label,
      shader: 'squared_loss_backward',
      uniforms: [u32('count', count), f32('factor', (2 * factor) / count)],
      from: [input, target, gradient],
    });
  },
};

/** The loss of the pictures' gradients, back to the picture. */
export const gradientLoss: Pullback<'gradientLoss'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args: { input, target, label }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const count = elementCount(input.shape);
    const [height, width] = [dim(input, 1), dim(input, 2)];
    giveInput(b, input, {
      op: 'gradientLossBackward',
      label,
      shader: 'gradient_loss_backward',
      uniforms: [u32('count', count), u32('height', height), u32('width', width), f32('factor', 2 / count)],
      from: [input, target, gradient],
      flops: 10 * count,
    });
  },
};

/** LPIPS at one tap, back to its features. */
export const lpipsTap: Pullback<'lpipsTap'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args: { input, target, weights, label }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const { channels, pixels } = channelsAndPixels(input);
    const even = fill(b.g, b.g.transient(`${label} even`, [1, pixels]), 1 / pixels);
    const ddistances = scaleChannels(b.g, { label, input: even, scale: { tensor: gradient, offset: 0 } });
    giveInput(b, input, {
      op: 'lpipsTapBackward',
      label,
      shader: 'lpips_tap_backward',
      parts: ['lpips_tap'],
      uniforms: [u32('channels', channels), u32('pixels', pixels)],
      from: [input, target, weights, ddistances],
      count: pixels,
      flops: 12 * channels * pixels,
    });
  },
};

/** A noise map's likeness to itself, back to the map. */
export const noiseLoss: Pullback<'noiseLoss'> = {
  inputs: ({ args }) => [args.map],
  pull(b, { args: { map, label }, output, also = [] }) {
    const gradient = b.gradient(output);
    const [means] = also;
    ensure(means, 'shader', `noiseLoss "${label}": its gradient needs both means`);
    if (!gradient) return;
    giveInput(b, map, {
      op: 'noiseLossBackward',
      label,
      shader: 'noise_loss_backward',
      uniforms: [u32('height', dim(map, 0)), u32('width', dim(map, 1))],
      from: [map, means, gradient],
    });
  },
};
