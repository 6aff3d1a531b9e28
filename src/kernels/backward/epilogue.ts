/**
 * The way back through what surrounds a convolution's sum: activation, residual, noise, bias, output scale; scale and
 * shift of its input.
 */
import { type Tensor, view } from '../../tensor.ts';
import { activationSlope, type ConvOperands } from '../epilogue.ts';
import { dim, f32, type Recorder, read, readWrite, u32, write } from '../kernel.ts';
import { ABSENT, channelsAndPixels, elementwise } from '../pointwise.ts';
import { channelSums, columnSums, scaleChannels } from '../sums.ts';
import type { Backward, ScaledGradient } from './backward.ts';
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

type Epilogue = ConvOperands & { readonly label: string };

/** The gradient to an epilogue's result: what was added up, and a part that is still to be scaled, or one of them. */
interface OutputGradient {
  readonly sum: Tensor | undefined;
  readonly scaled: ScaledGradient | undefined;
}

/**
 * Gives gradients to the epilogue's operands.
 * @returns the gradient to `sum · outScale`, like the output; undefined where nothing depends on that
 */
export function epilogueBackward(b: Backward, a: Epilogue, output: Tensor): Tensor | undefined {
  const { label, bias, noise, residual, outScale, activation } = a;
  const sums = (bias && b.wants(bias.tensor)) || (outScale && b.wants(outScale.tensor));
  // the pass with sums has a binding for one of them
  const scaled = sums && !residual ? b.takeScaled(output) : undefined;
  const gradient = b.gradient(output);
  if (!gradient && !scaled) return undefined;
  const du =
    sums || !gradient
      ? backwardWithSums(b, a, output, { sum: gradient, scaled })
      : activationBackward(b.g, { label, gradient, z: output, activation });
  if (noise && b.wants(noise)) b.give(noise, columnSums(b.g, `${label} noise`, du, noise.shape));
  if (residual && b.wants(residual)) b.give(residual, du);
  return du;
}

const flag = (has: unknown): number => (has ? 1 : 0);

/** The activation's gradient, and those to bias, output scale and what scaled the result where it was read. */
function backwardWithSums(b: Backward, a: Epilogue, output: Tensor, { sum, scaled }: OutputGradient): Tensor {
  const { label, bias, noise, residual, activation } = a;
  const { channels, pixels } = channelsAndPixels(output);
  const plan = planParts(channels, pixels, b.facts);
  const inPlace = sum !== undefined && b.mayOverwrite(output);
  const du = inPlace ? sum : b.g.transient(`${label} before activation, gradient`, output.shape);
  const sums = b.g.transient(`${label} epilogue sums`, [plan.parts, channels, ROOM_OF_THREE]);
  pass(
    b.g,
    {
      op: 'epilogueBackward',
      label,
      shader: 'epilogue_backward',
      of: output,
      overrides: {
        HAS_SUM: inPlace ? 2 : flag(sum),
        HAS_SCALED: flag(scaled),
        HAS_NOISE: flag(noise),
        HAS_RESIDUAL: flag(residual),
      },
      uniforms: [
        u32('bias', bias?.offset ?? ABSENT),
        u32('scale', scaled?.scale.offset ?? 0),
        f32('slope', activationSlope(activation)),
        f32('gain', activation?.gain ?? 1),
      ],
      bindings: [
        read(inPlace ? output : (sum ?? output)),
        read(output),
        read(bias?.tensor ?? output),
        read(noise ?? output),
        read(scaled?.gradient ?? residual ?? output),
        inPlace ? readWrite(du) : write(du),
        write(sums),
        read(scaled?.scale.tensor ?? output),
      ],
      flops: 8,
    },
    plan,
  );
  finishSums(b, a, sums, scaled);
  return du;
}

/** WGSL keeps three numbers in the room of four. */
const ROOM_OF_THREE = 4;

/** Gradients to the vectors of an epilogue from the sums of its pass. */
function finishSums(b: Backward, { label, bias, outScale }: Epilogue, sums: Tensor, scaled?: ScaledGradient): void {
  const [parts, channels] = [dim(sums, 0), dim(sums, 1)];
  const vector = (name: string): Tensor => b.g.transient(`${label} ${name} gradient`, [channels]);
  const [dbias, dscale, dinput] = [vector('bias'), vector('scale'), vector('input scale')];
  b.g.add(
    elementwise(
      {
        op: 'epilogueSums',
        label: `${label} ${channels}`,
        shader: 'epilogue_sums',
        uniforms: [u32('channels', channels), u32('parts', parts), u32('scale', outScale?.offset ?? ABSENT)],
        bindings: [read(sums), read(outScale?.tensor ?? sums), write(dbias), write(dscale), write(dinput)],
      },
      channels,
    ),
  );
  if (bias) b.giveSlice(bias, dbias);
  if (outScale) b.giveSlice(outScale, dscale);
  if (scaled) b.giveSlice(scaled.scale, dinput);
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
  if (!b.wants(input)) {
    if (inScale && b.wants(inScale.tensor)) {
      b.giveSlice(inScale, channelSums(b.g, { label: `${label} style`, a: gradient, by: 'centred', b: input }));
    }
  } else if (inScale) b.giveScaled({ label, input, scale: inScale, gradient });
  else b.give(input, gradient);
}

/** Gives the gradients of a {@link ScaledGradient}, both in one pass where both are wanted. */
export function scaleBackward(b: Backward, { label, input, scale, gradient }: ScaledGradient): void {
  if (!b.wants(scale.tensor)) {
    b.give(input, scaleChannels(b.g, { label: `${label} input`, input: gradient, scale }));
    return;
  }
  const sums = inputPass(b, { op: 'scaleBackward', label, shader: 'scale_backward', input, scale, gradient, flops: 4 });
  b.giveSlice(scale, summed(b.g, label, sums));
}

/** Sums over parts, `[parts, C]` → `[C]`. */
const summed = (g: Recorder, label: string, sums: Tensor): Tensor =>
  dim(sums, 0) === 1 ? view(sums, [dim(sums, 1)]) : columnSums(g, label, sums, [dim(sums, 1)]);
