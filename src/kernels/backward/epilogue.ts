/** The way back through what surrounds a convolution's sum: activation, residual, noise, bias, output scale; scale and shift of its input. */
import { elementCount, type Tensor } from '../../tensor.ts';
import { activationSlope, type ConvOperands } from '../epilogue.ts';
import { dim, f32, type Recorder, read, type Slice, u32, write } from '../kernel.ts';
import { channelsAndPixels, rowwise } from '../pointwise.ts';
import { channelSums, columnSums, scaleChannels } from '../sums.ts';
import type { Backward } from './backward.ts';
import { activationBackward } from './pointwise.ts';

/** The tensors of an epilogue through which gradients may go. */
export const epilogueInputs = (a: ConvOperands): (Tensor | undefined)[] => [
  a.inScale?.tensor,
  a.inShift?.tensor,
  a.outScale?.tensor,
  a.bias?.tensor,
  a.noise,
  a.residual,
];

/**
 * Gives gradients to the epilogue's operands.
 * @returns the gradient to `sum · outScale`, like the output
 */
export function epilogueBackward(
  b: Backward,
  a: ConvOperands & { readonly label: string },
  output: Tensor,
  gradient: Tensor,
): Tensor {
  const { label, bias, noise, residual, outScale, activation } = a;
  const du = activationBackward(b.g, { label, gradient, z: output, activation });
  if (bias && b.wants(bias.tensor)) b.giveSlice(bias, channelSums(b.g, { label: `${label} bias`, a: du, by: 'one' }));
  if (noise && b.wants(noise)) b.give(noise, columnSums(b.g, `${label} noise`, du, noise.shape));
  if (residual && b.wants(residual)) b.give(residual, du);
  if (outScale && b.wants(outScale.tensor)) b.giveSlice(outScale, outputScaleGradient(b.g, a, outScale, output, du));
  return du;
}

function outputScaleGradient(
  g: Recorder,
  { label, bias, noise, residual, activation }: ConvOperands & { readonly label: string },
  outScale: Slice,
  output: Tensor,
  du: Tensor,
): Tensor {
  const { channels, pixels } = channelsAndPixels(output);
  const sums = g.transient(`${label} output scale gradient`, [channels]);
  g.add(
    rowwise(
      {
        op: 'outputScaleBackward',
        label: `${label} [${output.shape}]`,
        shader: 'output_scale_backward',
        uniforms: [
          u32('rows', channels),
          u32('pixels', pixels),
          u32('scale', outScale.offset),
          u32('bias', bias?.offset ?? 0),
          u32('has_bias', bias ? 1 : 0),
          u32('has_noise', noise ? 1 : 0),
          u32('has_residual', residual ? 1 : 0),
          f32('slope', activationSlope(activation)),
          f32('gain', activation?.gain ?? 1),
        ],
        bindings: [
          read(du),
          read(output),
          read(outScale.tensor),
          read(bias?.tensor ?? du),
          read(noise ?? du),
          read(residual ?? du),
          write(sums),
        ],
        flops: 2 * channels * pixels,
      },
      channels,
    ),
  );
  return sums;
}

/** Whether a gradient to a convolution's input or to what scales it is wanted. */
export const wantsInput = (b: Backward, a: ConvOperands & { readonly input: Tensor }): boolean =>
  b.wants(a.input) || b.wants(a.inScale?.tensor) || b.wants(a.inShift?.tensor);

/** From the gradient to `x · inScale + inShift` to those of x and both vectors. */
export function inputBackward(
  b: Backward,
  { input, inScale, inShift, label }: ConvOperands & { readonly input: Tensor; readonly label: string },
  gradient: Tensor,
): void {
  if (inScale && b.wants(inScale.tensor)) {
    b.giveSlice(inScale, channelSums(b.g, { label: `${label} style`, a: gradient, by: 'centred', b: input }));
  }
  if (inShift && b.wants(inShift.tensor)) {
    b.giveSlice(inShift, channelSums(b.g, { label: `${label} shift`, a: gradient, by: 'one' }));
  }
  if (!b.wants(input)) return;
  b.give(input, inScale ? scaleChannels(b.g, { label: `${label} input`, input: gradient, scale: inScale }) : gradient);
}

/** Pixels of a tensor `[C, H, W]`. */
export const pixelsOf = (tensor: Tensor): number => elementCount(tensor.shape) / dim(tensor, 0);
