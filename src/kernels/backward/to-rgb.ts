/** The way back through `toRgb`: a 1×1 convolution without demodulation, and the upsampled picture of the stage before. */
import type { Tensor } from '../../tensor.ts';
import { fir, firBackward } from '../fir.ts';
import { dim, read, u32, write } from '../kernel.ts';
import { elementwise } from '../pointwise.ts';
import { channelSums } from '../sums.ts';
import type { ToRgbArgs } from '../to-rgb.ts';
import type { Backward, Pullback } from './backward.ts';
import { inputPass } from './passes.ts';

/** `toRgb` back to all its operands. */
export const toRgb: Pullback<'toRgb'> = {
  inputs: ({ args }) => [args.input, args.weight, args.styles.tensor, args.bias.tensor, args.skip],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const { input, label, skip, bias } = args;
    if (b.wants(bias.tensor)) b.giveSlice(bias, channelSums(b.g, { label: `${label} bias`, a: gradient, by: 'one' }));
    if (skip && b.wants(skip)) {
      const size = [dim(input, 1), dim(input, 2)] as const;
      b.give(skip, fir(b.g, firBackward({ label, input: skip, up: 2, down: 1, pad: 2, gain: 4, size }, gradient)));
    }
    productBackward(b, args, gradient);
  },
};

/** Back to input, weight and styles. */
function productBackward(b: Backward, { input, weight, styles, label }: ToRgbArgs, gradient: Tensor): void {
  const channels = dim(input, 0);
  const sums = inputPass(b, {
    op: 'toRgbBackward',
    label,
    shader: 'to_rgb_backward',
    input,
    scale: styles,
    gradient,
    weight,
    together: 4,
    sums: 3,
    flops: 12,
  });
  const [dweight, dstyles] = [
    b.g.transient(`${label} weight gradient`, weight.shape),
    b.g.transient(`${label} style gradient`, [channels]),
  ];
  b.g.add(
    elementwise(
      {
        op: 'toRgbSums',
        label: `${label} ${channels}`,
        shader: 'to_rgb_sums',
        uniforms: [u32('channels', channels), u32('parts', dim(sums, 0)), u32('scale', styles.offset)],
        bindings: [read(sums), read(weight), read(styles.tensor), write(dweight), write(dstyles)],
      },
      channels,
    ),
  );
  b.give(weight, dweight);
  b.giveSlice(styles, dstyles);
}
