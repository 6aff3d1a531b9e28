/**
 * The block that BlazeFace and FaceMesh are made of (arXiv 1907.05047): a depthwise 3×3 convolution, a 1×1 convolution,
 * plus the input, then an activation. At stride 2 the shortcut is the largest of 2×2 pixels, and where the block widens
 * its new channels get none.
 */
import { BLOCK, roundUp } from '../kernels/batched-product.ts';
import { conv2d } from '../kernels/conv2d.ts';
import { depthwise } from '../kernels/depthwise.ts';
import type { Activation } from '../kernels/epilogue.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { maxPool } from '../kernels/max-pool.ts';
import type { Tensor } from '../tensor.ts';
import { type ConvWeights, slice } from './conv-weights.ts';

/** Names of a convolution's weight and bias in a model file. */
export interface ConvKeys {
  readonly weight: string;
  readonly bias: string;
}

/** What tells one block from another. */
export interface BlazeBlock {
  readonly label: string;
  /** Weight of the depthwise convolution, which has no bias. */
  readonly depthwise: string;
  readonly pointwise: ConvKeys;
  readonly activation: Activation;
  readonly stride?: 1 | 2 | undefined;
}

/**
 * Channels that a convolution of `channels` outputs is computed with: as many zeros are added as make whole blocks of a
 * product, which is several times as fast as the kernels without products, where it costs a third at most.
 */
export function wholeChannels(channels: number): number {
  const whole = roundUp(channels, BLOCK);
  return 3 * whole <= 4 * channels ? whole : channels;
}

/** Depthwise, then 1×1, with or without what is added before the activation. */
export function separable(
  g: Recorder,
  weights: ConvWeights,
  block: BlazeBlock,
  input: Tensor,
  residual?: Tensor,
): Tensor {
  const { label, stride = 1, activation } = block;
  const [channels, kernel] = [1, 2].map((i) => weights.plan.size(block.depthwise, i)) as [number, number];
  const filter = weights.plan.plain(block.depthwise, [channels, kernel, kernel]);
  const spread = depthwise(g, { label: `${label} depthwise`, input, weight: filter, stride });
  return pointwise(g, weights, { label, keys: block.pointwise, activation, residual }, spread);
}

/** A 1×1 convolution with bias; without an `output` of its own it has {@link wholeChannels}. */
export function pointwise(
  g: Recorder,
  weights: ConvWeights,
  a: {
    readonly label: string;
    readonly keys: ConvKeys;
    readonly activation?: Activation | undefined;
    readonly residual?: Tensor | undefined;
    readonly output?: Tensor | undefined;
  },
  input: Tensor,
): Tensor {
  const { label, keys, activation, residual, output } = a;
  const channels = weights.plan.size(keys.weight, 0);
  const whole = output ? channels : wholeChannels(channels);
  const weight = weights.padded(keys.weight, whole, input);
  const bias = slice(weights.plan.padded(keys.bias, whole));
  return conv2d(g, { label, input, weight, bias, residual, activation, output });
}

/** One block: `[C, H, W]` → `[O, H/stride, W/stride]`, where O may be made whole by channels of zeros ({@link wholeChannels}). */
export function blazeBlock(g: Recorder, weights: ConvWeights, block: BlazeBlock, input: Tensor): Tensor {
  const channels = wholeChannels(weights.plan.size(block.pointwise.weight, 0));
  const shortcut = block.stride === 2 ? maxPool(g, { label: `${block.label} shortcut`, input, channels }) : input;
  return separable(g, weights, block, input, shortcut);
}
