/**
 * BatchNorm of networks that learn: with constant statistics as two vectors (networks that only run fold these while loading), or
 * with the statistics of a batch. A batch is a list of pictures, each a tensor of its own.
 */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, f32, type Recorder, read, readWrite, type Slice, u32, write } from './kernel.ts';
import { channelsAndPixels, elementwise } from './pointwise.ts';
import { channelSums, fill, scaleChannels } from './sums.ts';

/** PyTorch's defaults, which every checkpoint uses. */
export const BATCH_NORM_EPS = 1e-5;
const MOMENTUM = 0.1;

/** Weights of a BatchNorm, each `[C]`. */
export interface BatchNormWeights {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Arguments of {@link batchNormFold}. */
export interface BatchNormFoldArgs extends BatchNormWeights {
  readonly label: string;
}

/** BatchNorm as scale and shift, each `[C]`, from constant statistics. */
export function batchNormFold(g: Recorder, a: BatchNormFoldArgs): { scale: Tensor; shift: Tensor } {
  const folded = recordFold(g, a);
  g.pullback?.({ op: 'batchNormFold', args: a, output: folded.scale, also: [folded.shift] });
  return folded;
}

function recordFold(g: Recorder, a: BatchNormFoldArgs): { scale: Tensor; shift: Tensor } {
  const channels = dim(a.weight, 0);
  for (const [role, tensor] of Object.entries({ bias: a.bias, mean: a.mean, variance: a.variance })) {
    expectShape(`batchNorm "${a.label}"`, role, tensor, [channels]);
  }
  const [scale, shift] = [g.transient(`${a.label} scale`, [channels]), g.transient(`${a.label} shift`, [channels])];
  g.add(
    elementwise(
      {
        op: 'batchNormFold',
        label: a.label,
        shader: 'batch_norm_fold',
        uniforms: [u32('channels', channels), f32('eps', BATCH_NORM_EPS)],
        bindings: [read(a.weight), read(a.bias), read(a.mean), read(a.variance), write(scale), write(shift)],
      },
      channels,
    ),
  );
  return { scale, shift };
}

/** Arguments of {@link normalise}. */
export interface NormaliseArgs {
  readonly label: string;
  /** `[C, …]` */
  readonly input: Tensor;
  readonly scale: Slice;
  readonly shift: Slice;
}

/** `y[c, p] = x[c, p] · scale[c] + shift[c]`: a folded BatchNorm that no convolution takes in. */
export function normalise(g: Recorder, a: NormaliseArgs): Tensor {
  const output = scaleChannels(g, a);
  g.pullback?.({ op: 'normalise', args: a, output });
  return output;
}

/** Arguments of {@link batchNormTrain}. */
export interface BatchNormTrainArgs {
  readonly label: string;
  /** The batch, each `[C, H, W]`. */
  readonly inputs: readonly Tensor[];
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** Running mean and variance `[C]`, moved in place: 0.9 · running + 0.1 · new, the variance unbiased. */
  readonly running: { readonly mean: Tensor; readonly variance: Tensor };
}

/**
 * BatchNorm in training mode (PyTorch): mean and biased variance over batch and pixels.
 * @returns the normalised batch
 * @throws `tensor` error when the batch is empty, or has one number a channel, which has no variance
 */
export function batchNormTrain(g: Recorder, a: BatchNormTrainArgs): Tensor[] {
  const { inputs, label, weight, bias } = a;
  const [first] = inputs;
  ensure(first, 'tensor', () => `batchNormTrain "${label}": an empty batch has no statistics`);
  const { channels, pixels } = channelsAndPixels(first);
  const count = inputs.length * pixels;
  ensure(
    count > 1,
    'tensor',
    () => `batchNormTrain "${label}": one number a channel has no variance; use two pictures`,
  );
  const mean = fill(g, g.transient(`${label} mean`, [channels]), 0);
  const variance = fill(g, g.transient(`${label} variance`, [channels]), 0);
  const factor = 1 / count;
  for (const input of inputs) channelSums(g, { label, a: input, by: 'one', factor, into: mean });
  for (const input of inputs) channelSums(g, { label, a: input, by: 'variance', centre: mean, factor, into: variance });
  const { scale, shift } = recordFold(g, { label, weight, bias, mean, variance });
  const vectors = { scale: { tensor: scale, offset: 0 }, shift: { tensor: shift, offset: 0 } };
  const outputs = inputs.map((input) => scaleChannels(g, { label, input, ...vectors }));
  g.add(
    elementwise(
      {
        op: 'batchNormTrain',
        label: `${label} running`,
        shader: 'batch_norm_running',
        uniforms: [u32('channels', channels), f32('momentum', MOMENTUM), f32('unbias', count / (count - 1))],
        bindings: [read(mean), read(variance), readWrite(a.running.mean), readWrite(a.running.variance)],
      },
      channels,
    ),
  );
  const [output = first, ...others] = outputs;
  g.pullback?.({ op: 'batchNormTrain', args: a, output, also: [...others, mean, variance] });
  return outputs;
}
