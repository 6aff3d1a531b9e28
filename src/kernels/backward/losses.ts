/** Pullbacks of losses. */
import { ensure } from '../../errors.ts';
import { elementCount } from '../../tensor.ts';
import { dim, f32, read, u32, write } from '../kernel.ts';
import { channelsAndPixels, elementwise } from '../pointwise.ts';
import { fill, scaleChannels } from '../sums.ts';
import type { Pullback } from './backward.ts';

/** Mean squared error, back to the picture. */
export const squaredLoss: Pullback<'squaredLoss'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args: { input, target, label }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const count = elementCount(input.shape);
    const dx = b.g.transient(`${label} gradient`, input.shape);
    b.g.add(
      elementwise(
        {
          op: 'squaredLossBackward',
          label,
          shader: 'squared_loss_backward',
          uniforms: [u32('count', count), f32('factor', 2 / count)],
          bindings: [read(input), read(target), read(gradient), write(dx)],
        },
        count,
      ),
    );
    b.give(input, dx);
  },
};

/** The loss of the pictures' gradients, back to the picture. */
export const gradientLoss: Pullback<'gradientLoss'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args: { input, target, label }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const count = elementCount(input.shape);
    const dx = b.g.transient(`${label} gradient`, input.shape);
    b.g.add(
      elementwise(
        {
          op: 'gradientLossBackward',
          label: `${label} [${input.shape}]`,
          shader: 'gradient_loss_backward',
          uniforms: [
            u32('count', count),
            u32('height', dim(input, 1)),
            u32('width', dim(input, 2)),
            f32('factor', 2 / count),
          ],
          bindings: [read(input), read(target), read(gradient), write(dx)],
          flops: 10 * count,
        },
        count,
      ),
    );
    b.give(input, dx);
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
    const dx = b.g.transient(`${label} gradient`, input.shape);
    b.g.add(
      elementwise(
        {
          op: 'lpipsTapBackward',
          label: `${label} [${input.shape}]`,
          shader: 'lpips_tap_backward',
          parts: ['lpips_tap'],
          uniforms: [u32('channels', channels), u32('pixels', pixels)],
          bindings: [read(input), read(target), read(weights), read(ddistances), write(dx)],
          flops: 12 * channels * pixels,
        },
        pixels,
      ),
    );
    b.give(input, dx);
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
    const dnoise = b.g.transient(`${label} gradient`, map.shape);
    b.g.add(
      elementwise(
        {
          op: 'noiseLossBackward',
          label,
          shader: 'noise_loss_backward',
          uniforms: [u32('height', dim(map, 0)), u32('width', dim(map, 1))],
          bindings: [read(map), read(means), read(gradient), write(dnoise)],
        },
        elementCount(map.shape),
      ),
    );
    b.give(map, dnoise);
  },
};
