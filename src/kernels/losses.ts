/** Losses as ops: each writes one number `[1]`. Their gradients are in `backward/losses.ts`. */
import { elementCount, expectShape, type Tensor, view } from '../tensor.ts';
import { dim, type Recorder, read, u32, write } from './kernel.ts';
import { channelsAndPixels, elementwise, rowwise } from './pointwise.ts';
import { channelSums, columnSums } from './sums.ts';

/** Arguments of {@link squaredLoss}. */
export interface SquaredLossArgs {
  readonly label: string;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** Like it; a constant. */
  readonly target: Tensor;
  /** Of the mean; 1 when absent. */
  readonly factor?: number | undefined;
}

/** Mean of (x − target)² over everything, times `factor`: `[1]`. @throws `tensor` error when shapes differ */
export function squaredLoss(g: Recorder, a: SquaredLossArgs): Tensor {
  const { label, input, target } = a;
  expectShape(`squaredLoss "${label}"`, 'target', target, input.shape);
  const factor = (a.factor ?? 1) / elementCount(input.shape);
  const rows = channelSums(g, { label, a: input, by: 'difference', b: target, factor });
  const output = columnSums(g, label, rows, [1]);
  g.pullback?.({ op: 'squaredLoss', args: a, output });
  return output;
}

/**
 * 1 − the cosine of the angle between two equally long rows `[1, n]` (see `equallyLong`), of which the second is a
 * constant: `[1]`.
 */
export function cosineLoss(g: Recorder, a: Omit<SquaredLossArgs, 'factor'>): Tensor {
  return squaredLoss(g, { ...a, factor: 0.5 });
}

/** Arguments of {@link gradientLoss}. */
export type GradientLossArgs = Omit<SquaredLossArgs, 'factor'>;

/**
 * Loss of the pictures' gradients: mean over everything of (∂x d)² + (∂y d)², d = x − target, by differences of
 * neighbours: `[1]`. What is blurred costs here, where the mean squared error hardly sees it. @throws `tensor` error
 * when shapes differ
 */
export function gradientLoss(g: Recorder, a: GradientLossArgs): Tensor {
  const { label, input, target } = a;
  expectShape(`gradientLoss "${label}"`, 'target', target, input.shape);
  const [channels, height, width] = [dim(input, 0), dim(input, 1), dim(input, 2)];
  const rows = channels * height;
  const sums = g.transient(`${label} rows`, [1, rows]);
  g.add(
    rowwise(
      {
        op: 'gradientLoss',
        label: `${label} [${input.shape}]`,
        shader: 'gradient_loss',
        uniforms: [u32('rows', rows), u32('height', height), u32('width', width)],
        bindings: [read(input), read(target), write(sums)],
        flops: 8 * rows * width,
      },
      rows,
    ),
  );
  const output = channelSums(g, { label, a: sums, by: 'one', factor: 1 / (rows * width) });
  g.pullback?.({ op: 'gradientLoss', args: a, output });
  return output;
}

/** Arguments of {@link lpipsTap}. */
export interface LpipsTapArgs {
  readonly label: string;
  /** Features `[C, H, W]` */
  readonly input: Tensor;
  /** Those of the target; constants. */
  readonly target: Tensor;
  /** `[C]` */
  readonly weights: Tensor;
}

/** LPIPS at one tap: unit features, squared differences, weighted sum over channels, mean over pixels: `[1]`. */
export function lpipsTap(g: Recorder, a: LpipsTapArgs): Tensor {
  const { label, input, target, weights } = a;
  const { channels, pixels } = channelsAndPixels(input);
  expectShape(`lpips "${label}"`, 'target', target, input.shape);
  expectShape(`lpips "${label}"`, 'weights', weights, [channels]);
  const distances = g.transient(`${label} distances`, [1, pixels]);
  g.add(
    elementwise(
      {
        op: 'lpipsTap',
        label: `${label} [${input.shape}]`,
        shader: 'lpips_tap',
        parts: ['lpips_tap'],
        uniforms: [u32('channels', channels), u32('pixels', pixels)],
        bindings: [read(input), read(target), read(weights), write(distances)],
        flops: 8 * channels * pixels,
      },
      pixels,
    ),
  );
  const output = channelSums(g, { label, a: distances, by: 'one', factor: 1 / pixels });
  g.pullback?.({ op: 'lpipsTap', args: a, output });
  return output;
}

/** Arguments of {@link noiseLoss}. */
export interface NoiseLossArgs {
  readonly label: string;
  /** `[H, W]` */
  readonly map: Tensor;
}

/**
 * How a noise map resembles itself one pixel further, at one size: mean(n · n one column on)² + mean(n · n one row on)²
 * (StyleGAN2's projector): `[1]`.
 */
export function noiseLoss(g: Recorder, a: NoiseLossArgs): Tensor {
  const { map, label } = a;
  const [height, width] = [dim(map, 0), dim(map, 1)];
  const sums = g.transient(`${label} roll sums`, [2, height]);
  g.add(
    rowwise(
      {
        op: 'noiseLoss',
        label: `${label} ${height}×${width}`,
        shader: 'roll_sums',
        uniforms: [u32('rows', height), u32('width', width)],
        bindings: [read(map), write(sums)],
      },
      height,
    ),
  );
  const means = channelSums(g, { label, a: sums, by: 'one', factor: 1 / (height * width) });
  const output = channelSums(g, { label, a: view(means, [1, 2]), by: 'variance' });
  g.pullback?.({ op: 'noiseLoss', args: a, output, also: [means] });
  return output;
}
