/** The way back through `toRgb`: a 1×1 convolution without demodulation, and the upsampled picture of the stage before. */
import { view } from '../../tensor.ts';
import { conv2dSizes } from '../conv2d.ts';
import { fir, firBackward } from '../fir.ts';
import { dim } from '../kernel.ts';
import { channelSums } from '../sums.ts';
import type { Pullback } from './backward.ts';
import { convFilterGradient, convInputGradient } from './conv2d.ts';
import { inputBackward, wantsInput } from './epilogue.ts';

/** `toRgb` back to all its operands. */
export const toRgb: Pullback<'toRgb'> = {
  inputs: ({ args }) => [args.input, args.weight, args.styles.tensor, args.bias.tensor, args.skip],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const { input, label, skip, bias } = args;
    if (b.wants(bias.tensor)) b.giveSlice(bias, channelSums(b.g, { label: `${label} bias`, a: gradient, by: 'one' }));
    const [height, width] = [dim(input, 1), dim(input, 2)];
    if (skip && b.wants(skip)) {
      const up = { label, input: skip, up: 2, down: 1, pad: 2, gain: 4, size: [height, width] } as const;
      b.give(skip, fir(b.g, firBackward(up, gradient)));
    }
    const weight = view(args.weight, [1, ...args.weight.shape]);
    const shape = { groups: 1, inChannels: dim(input, 0), outChannels: 3, kernel: 1 };
    const sizes = conv2dSizes(label, shape, [height, width], {});
    const conv = { label, input, weight, sizes, inScale: args.styles };
    if (b.wants(args.weight)) b.give(args.weight, convFilterGradient(b, conv, gradient));
    if (wantsInput(b, conv)) inputBackward(b, conv, convInputGradient(b, conv, gradient));
  },
};
