/** The way back through BatchNorm, with constant statistics and with those of the batch. */
import { ensure } from '../../errors.ts';
import type { Tensor } from '../../tensor.ts';
import { BATCH_NORM_EPS } from '../batch-norm.ts';
import { dim, f32, type Recorder, read, u32, write } from '../kernel.ts';
import { channelsAndPixels, elementwise } from '../pointwise.ts';
import { channelSums, fill } from '../sums.ts';
import type { Backward, Pullback } from './backward.ts';

/** The gradient to a result, or zeros like it. */
const gradientOrZero = (b: Backward, tensor: Tensor): Tensor =>
  b.gradient(tensor) ?? fill(b.g, b.g.transient(`no gradient of ${tensor.name}`, tensor.shape), 0);

/** Scale and shift back to weight and bias; statistics are constants. */
export const batchNormFold: Pullback<'batchNormFold'> = {
  inputs: ({ args }) => [args.weight, args.bias],
  outputs: ({ output, also = [] }) => [output, ...also],
  pull(b, { args: { weight, bias, mean, variance, label }, output, also = [] }) {
    const [shift] = also;
    ensure(shift, 'shader', 'batchNormFold: its gradient needs both results');
    const channels = dim(weight, 0);
    const [dgamma, dbeta] = ['weight', 'bias'].map((part) => b.g.transient(`${label} ${part} gradient`, [channels]));
    if (!dgamma || !dbeta) return;
    b.g.add(
      elementwise(
        {
          op: 'batchNormFoldBackward',
          label,
          shader: 'batch_norm_fold_backward',
          uniforms: [u32('channels', channels), f32('eps', BATCH_NORM_EPS)],
          bindings: [
            read(gradientOrZero(b, output)),
            read(gradientOrZero(b, shift)),
            read(mean),
            read(variance),
            write(dgamma),
            write(dbeta),
          ],
        },
        channels,
      ),
    );
    b.give(weight, dgamma);
    b.give(bias, dbeta);
  },
};

/** Normalised pictures back to the pictures, through mean and variance too, and to weight and bias. */
export const batchNormTrain: Pullback<'batchNormTrain'> = {
  inputs: ({ args }) => [...args.inputs, args.weight, args.bias],
  outputs: ({ output, also = [] }) => [output, ...also.slice(0, -2)],
  pull(b, { args: { inputs, weight, bias, label }, output, also = [] }) {
    const [mean, variance] = also.slice(-2);
    ensure(mean && variance, 'shader', 'batchNormTrain: its gradient needs the statistics');
    const gradients = [output, ...also.slice(0, -2)].map((result) => gradientOrZero(b, result));
    const channels = dim(weight, 0);
    const sums = fill(b.g, b.g.transient(`${label} sums`, [channels]), 0);
    const moments = fill(b.g, b.g.transient(`${label} moments`, [channels]), 0);
    gradients.forEach((gradient, i) => {
      channelSums(b.g, { label, a: gradient, by: 'one', into: sums });
      channelSums(b.g, { label, a: gradient, by: 'centred', b: inputs[i], centre: mean, into: moments });
    });
    const count = inputs.length * channelsAndPixels(gradients[0] ?? weight).pixels;
    const coefficients = b.g.transient(`${label} coefficients`, [3, channels]);
    const dgamma = b.g.transient(`${label} weight gradient`, [channels]);
    b.g.add(
      elementwise(
        {
          op: 'batchNormBackward',
          label,
          shader: 'batch_norm_backward',
          uniforms: [u32('channels', channels), f32('count', count), f32('eps', BATCH_NORM_EPS)],
          bindings: [
            ...[weight, mean, variance, sums, moments].map((tensor) => read(tensor)),
            write(coefficients),
            write(dgamma),
          ],
        },
        channels,
      ),
    );
    b.give(weight, dgamma);
    b.give(bias, sums);
    inputs.forEach((input, i) => {
      const gradient = gradients[i];
      if (gradient && b.wants(input)) b.give(input, affinePair(b.g, label, gradient, input, coefficients));
    });
  },
};

function affinePair(g: Recorder, label: string, a: Tensor, b: Tensor, coefficients: Tensor): Tensor {
  const { channels, pixels } = channelsAndPixels(a);
  const output = g.transient(`${label} input gradient`, a.shape);
  const uniforms = [u32('count', channels * pixels), u32('pixels', pixels), u32('channels', channels)];
  const bindings = [read(a), read(b), read(coefficients), write(output)];
  g.add(elementwise({ op: 'affinePair', label, shader: 'affine_pair', uniforms, bindings }, channels * pixels));
  return output;
}
