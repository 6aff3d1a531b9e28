/**
 * The way back through what surrounds a convolution's sum: activation, residual, noise, bias, output scale; scale and
 * shift of its input.
 */
import { elementCount, type Tensor, view } from '../../tensor.ts';
import { activationSlope, type ConvOperands } from '../epilogue.ts';
import { dim, f32, type Recorder, read, u32, write } from '../kernel.ts';
import { ABSENT, channelsAndPixels, elementwise } from '../pointwise.ts';
import { channelSums, columnSums, scaleChannels } from '../sums.ts';
import type { Backward } from './backward.ts';
import { inputPass, pass, planParts } from './passes.ts';
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
export function epilogueBackward(b: Backward, a: Epilogue, output: Tensor, gradient: Tensor): Tensor {
  const { label, bias, noise, residual, outScale, activation } = a;
  const sums = (bias && b.wants(bias.tensor)) || (outScale && b.wants(outScale.tensor));
  const du = sums
    ? backwardWithSums(b, a, output, gradient)
    : activationBackward(b.g, { label, gradient, z: output, activation });
  if (noise && b.wants(noise)) b.give(noise, columnSums(b.g, `${label} noise`, du, noise.shape));
  if (residual && b.wants(residual)) b.give(residual, du);
  return du;
}

type Epilogue = ConvOperands & { readonly label: string };

/** The activation's gradient and those to bias and output scale. */
function backwardWithSums(b: Backward, a: Epilogue, output: Tensor, gradient: Tensor): Tensor {
  const { label, bias, noise, residual, outScale, activation } = a;
  const { channels, pixels } = channelsAndPixels(output);
  const plan = planParts(channels, pixels, b.facts);
  const du = b.g.transient(`${label} before activation, gradient`, output.shape);
  const sums = b.g.transient(`${label} epilogue sums`, [plan.parts, channels, 2]);
  pass(
    b.g,
    {
      op: 'epilogueBackward',
      label,
      shader: 'epilogue_backward',
      of: output,
      uniforms: [
        u32('bias', bias?.offset ?? ABSENT),
        u32('has_noise', noise ? 1 : 0),
        u32('has_residual', residual ? 1 : 0),
        f32('slope', activationSlope(activation)),
        f32('gain', activation?.gain ?? 1),
      ],
      bindings: [
        read(gradient),
        read(output),
        read(bias?.tensor ?? output),
        read(noise ?? output),
        read(residual ?? output),
        write(du),
        write(sums),
      ],
      flops: 8,
    },
    plan,
  );
  const [dbias, dscale] = [
    b.g.transient(`${label} bias gradient`, [channels]),
    b.g.transient(`${label} scale gradient`, [channels]),
  ];
  b.g.add(
    elementwise(
      {
        op: 'epilogueSums',
        label: `${label} ${channels}`,
        shader: 'epilogue_sums',
        uniforms: [u32('channels', channels), u32('parts', plan.parts), u32('scale', outScale?.offset ?? ABSENT)],
        bindings: [read(sums), read(outScale?.tensor ?? sums), write(dbias), write(dscale)],
      },
      channels,
    ),
  );
  if (bias) b.giveSlice(bias, dbias);
  if (outScale) b.giveSlice(outScale, dscale);
  return du;
}

/** Whether a gradient to a convolution's input or to what scales it is wanted. */
export const wantsInput = (b: Backward, a: ConvOperands & { readonly input: Tensor }): boolean =>
  b.wants(a.input) || b.wants(a.inScale?.tensor) || b.wants(a.inShift?.tensor);

/** From the gradient to `x · inScale + inShift` to those of x and both vectors. */
export function inputBackward(
  b: Backward,
  a: ConvOperands & { readonly input: Tensor; readonly label: string },
  gradient: Tensor,
): void {
  const { input, inScale, inShift, label } = a;
  if (inShift && b.wants(inShift.tensor)) {
    b.giveSlice(inShift, channelSums(b.g, { label: `${label} shift`, a: gradient, by: 'one' }));
  }
  const learnsScale = inScale !== undefined && b.wants(inScale.tensor);
  if (learnsScale && b.wants(input)) {
    const sums = inputPass(b, {
      op: 'scaleBackward',
      label,
      shader: 'scale_backward',
      input,
      scale: inScale,
      gradient,
      sumShape: [],
      flops: 4,
    });
    b.giveSlice(inScale, summed(b.g, label, sums));
  } else if (learnsScale) {
    b.giveSlice(inScale, channelSums(b.g, { label: `${label} style`, a: gradient, by: 'centred', b: input }));
  } else if (b.wants(input)) {
    b.give(
      input,
      inScale ? scaleChannels(b.g, { label: `${label} input`, input: gradient, scale: inScale }) : gradient,
    );
  }
}

/** Sums over parts, `[parts, C]` → `[C]`. */
const summed = (g: Recorder, label: string, sums: Tensor): Tensor =>
  dim(sums, 0) === 1 ? view(sums, [dim(sums, 1)]) : columnSums(g, label, sums, [dim(sums, 1)]);

/** Pixels of a tensor `[C, H, W]`. */
export const pixelsOf = (tensor: Tensor): number => elementCount(tensor.shape) / dim(tensor, 0);
