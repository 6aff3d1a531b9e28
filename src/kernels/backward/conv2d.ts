/** The way back through `conv2d`: to its input, filter, and everything around its sum. */
import { elementCount, type Tensor, view } from '../../tensor.ts';
import {
  type Conv2dArgs,
  type Conv2dSizes,
  conv2dSizes,
  conv2d as convolve,
  passingConvWeight,
  sizeFields,
} from '../conv2d.ts';
import { dim, read, type Slice, write } from '../kernel.ts';
import { elementwise } from '../pointwise.ts';
import type { Backward, Pullback } from './backward.ts';
import { epilogueBackward, epilogueInputs, inputBackward, wantsInput } from './epilogue.ts';
import { filterGradient, turnFilter } from './filters.ts';
import { takesWinograd, winogradFilterGradient } from './winograd-filter.ts';

/** What of a convolution its filter's and its input's gradient need. */
interface ConvBackward {
  readonly label: string;
  readonly input: Tensor;
  /** `[groups, I/groups, k, k, O/groups]` */
  readonly weight: Tensor;
  readonly sizes: Conv2dSizes;
  readonly inScale?: Slice | undefined;
  readonly inShift?: Slice | undefined;
  readonly outScale?: Slice | undefined;
}

/** `conv2d` back to all its operands. */
export const conv2d: Pullback<'conv2d'> = {
  inputs: ({ args }) => [args.input, filterOf(args), ...epilogueInputs(args)],
  pull(b, { args, output }) {
    const du = epilogueBackward(b, args, output);
    if (!du) return;
    const { input, label, weight } = args;
    const sizes = conv2dSizes(`conv2d "${label}"`, weight.shape, [dim(input, 1), dim(input, 2)], args);
    const conv = { ...args, weight: filterOf(args), sizes };
    if (b.wants(conv.weight)) convFilterGradient(b, conv, du);
    if (wantsInput(b, args)) inputBackward(b, args, convInputGradient(b, conv, du));
  },
};

const filterOf = ({ weight }: Conv2dArgs): Tensor => weight.stored ?? weight.tensor;

/** Adds to the gradient of a convolution's filter. */
function convFilterGradient(b: Backward, a: ConvBackward, du: Tensor): void {
  const { input, label, sizes: s } = a;
  const { tensor: output, keep } = b.into(a.weight);
  if (takesWinograd(s, b.facts)) {
    winogradFilterGradient(b.g, { ...a, label: `${label} filter`, facts: b.facts, gradient: du, output, keep });
    return;
  }
  const [groupIn, groupOut] = [s.inChannels / s.groups, s.outChannels / s.groups];
  const geometry = { outWidth: s.outWidth, kernel: s.kernel, stride: s.stride, padding: s.padding };
  for (let group = 0; group < s.groups; group++) {
    filterGradient(b.g, {
      label: `${label} filter`,
      facts: b.facts,
      pixels: s.outHeight * s.outWidth,
      left: {
        input,
        firstChannel: group * groupIn,
        channels: groupIn,
        ...geometry,
        inScale: a.inScale,
        inShift: a.inShift,
      },
      right: {
        input: du,
        firstChannel: group * groupOut,
        channels: groupOut,
        outWidth: s.outWidth,
        kernel: 1,
        stride: 1,
        padding: 0,
        inScale: a.outScale,
      },
      output: { tensor: output, offset: group * groupIn * s.kernel ** 2 * groupOut },
      rowStep: groupOut,
      keep,
    });
  }
}

/** The gradient to what a convolution multiplied: its input with scale and shift, `[I, H, W]`. */
function convInputGradient(b: Backward, a: ConvBackward, du: Tensor): Tensor {
  const { sizes: s, label } = a;
  const same = s.outHeight === s.height && s.outWidth === s.width;
  if (s.stride !== 1 || 2 * s.padding !== s.kernel - 1 || !same) return stridedInputGradient(b, a, du);
  const weight = passingConvWeight(b.g, {
    label: `${label} back`,
    weight: turnFilter(b.g, { label, weight: a.weight, flip: true }),
    spatial: [s.height, s.width],
    facts: b.facts,
  });
  return convolve(b.g, { label: `${label} back`, input: du, weight, inScale: a.outScale, padding: s.padding });
}

/** The same for every stride: what each output pixel gives to each tap, then the sum over the taps that read a pixel. */
function stridedInputGradient(b: Backward, a: ConvBackward, du: Tensor): Tensor {
  const { sizes: s, label } = a;
  const shape = [s.groups, s.outChannels / s.groups, 1, 1, (s.kernel ** 2 * s.inChannels) / s.groups];
  const weight = passingConvWeight(b.g, {
    label: `${label} back`,
    weight: view(turnFilter(b.g, { label, weight: a.weight, flip: false }), shape),
    spatial: [s.outHeight, s.outWidth],
    facts: b.facts,
  });
  const taps = convolve(b.g, { label: `${label} back`, input: du, weight, inScale: a.outScale, padding: 0 });
  const dx = b.g.transient(`${label} input gradient`, [s.inChannels, s.height, s.width]);
  b.g.add(
    elementwise(
      {
        op: 'conv2dInputSums',
        label: `${label} ${s.inChannels} ${s.height}×${s.width}`,
        shader: 'conv2d_input_sums',
        uniforms: sizeFields(s),
        bindings: [read(taps), write(dx)],
      },
      elementCount(dx.shape),
    ),
  );
  return dx;
}
