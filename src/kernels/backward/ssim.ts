/** Pullbacks of SSIM at one scale and of the product over scales. */
import { ensure } from '../../errors.ts';
import { elementCount } from '../../tensor.ts';
import { dim, read, write } from '../kernel.ts';
import { elementwise } from '../pointwise.ts';
import { SSIM_TAPS, ssimColumns, ssimProductFields, ssimRowFields, ssimTermFields } from '../ssim.ts';
import { SSIM_WINDOW } from '../ssim-window.ts';
import type { Pullback } from './backward.ts';
import { giveInput } from './pointwise.ts';

/** A picture's statistics at one scale, back to the picture. */
export const ssimScale: Pullback<'ssimScale'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args, output, also = [] }) {
    const gradient = b.gradient(output);
    const [means, below] = also;
    ensure(means && below, 'shader', `ssim "${args.label}": its gradient needs the means of its windows`);
    if (!gradient) return;
    const { label, input, target } = args;
    const [channels, height, width] = [dim(means, 1), dim(means, 2), dim(means, 3)];
    const dmeans = b.g.transient(`${label} means gradient`, [3 * channels, height, width]);
    const windows = channels * height * width;
    b.g.add(
      elementwise(
        {
          op: 'ssimTermsBackward',
          label: `${label} [${channels}, ${height}, ${width}]`,
          shader: 'ssim_terms_backward',
          parts: ['ssim_terms'],
          uniforms: ssimTermFields(args, means),
          bindings: [read(means), read(below), read(gradient), write(dmeans)],
          flops: 40 * windows,
        },
        windows,
      ),
    );
    const dsums = ssimColumns(b.g, `${label} backward`, dmeans, SSIM_WINDOW - 1);
    giveInput(b, input, {
      op: 'ssimRowsBackward',
      label,
      shader: 'ssim_rows_backward',
      parts: ['ssim_pictures', 'ssim_taps'],
      substitutions: SSIM_TAPS,
      uniforms: ssimRowFields(args),
      from: [input, target, dsums],
      flops: 6 * SSIM_WINDOW * elementCount(input.shape),
    });
  },
};

/** MS-SSIM, back to the statistics of its scales. */
export const ssimProduct: Pullback<'ssimProduct'> = {
  inputs: ({ args }) => [args.statistics],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    giveInput(b, args.statistics, {
      op: 'ssimProductBackward',
      label: args.label,
      shader: 'ssim_product_backward',
      parts: ['ssim_product'],
      uniforms: ssimProductFields(args),
      from: [args.statistics, gradient],
    });
  },
};
