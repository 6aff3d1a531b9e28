/**
 * The way back through `upConv`. Its FIR is symmetric, so it is its own way back: from the output's gradient to that of
 * the transposed convolution's result, of side 2H + 1. From there a strided convolution leads to the input, and the
 * filter's gradient is that of this convolution with input and output exchanged. Channels go through in parts where
 * that result would not fit a binding.
 */
import { type Tensor, view } from '../../tensor.ts';
import { conv2d as convolve, passingConvWeight } from '../conv2d.ts';
import { fir } from '../fir.ts';
import { dim } from '../kernel.ts';
import type { UpConvArgs } from '../upconv.ts';
import type { Backward, Pullback, Target } from './backward.ts';
import { epilogueBackward, epilogueInputs, inputBackward, wantsInput } from './epilogue.ts';
import { filterGradient, turnFilter } from './filters.ts';

/** Most bytes of the transposed convolution's result; WebGPU's default binding limit. */
const MAX_BYTES = 128 * 2 ** 20;
/** The FIR's gain after inserting zeros, as in the forward op, and its padding there. */
const GAIN = 4;
const PAD = 1;
const KERNEL = 3;

/**
 * `upConv` back to all its operands. @param maxBytes of the transposed convolution's result; smaller than the default
 * only in tests
 */
export const upConvWithin = (maxBytes: number): Pullback<'upConv'> => ({
  inputs: ({ args }) => [args.input, filterOf(args), ...epilogueInputs(args)],
  pull(b, { args, output }) {
    const du = epilogueBackward(b, args, output);
    if (!du) return;
    const [height, width] = [dim(args.input, 1), dim(args.input, 2)];
    const size = [2 * height + 1, 2 * width + 1] as const;
    const outChannels = dim(du, 0);
    const step = Math.min(outChannels, Math.floor(maxBytes / (4 * size[0] * size[1])));
    const filter = filterOf(args);
    const filterTo = b.wants(filter) ? b.into(filter) : undefined;
    let dx: Tensor | undefined;
    for (let first = 0; first < outChannels; first += step) {
      const channels = Math.min(step, outChannels - first);
      const label = `${args.label} channels ${first}`;
      const scattered = fir(b.g, {
        label,
        input: du,
        firstChannel: first,
        channels,
        up: 1,
        down: 1,
        pad: 3 - PAD,
        gain: GAIN,
        size,
      });
      const part = { label, scattered, first, channels };
      if (filterTo) partFilter(b, args, part, filterTo);
      if (wantsInput(b, args)) dx = partInput(b, args, part, dx);
    }
    if (dx) inputBackward(b, args, dx);
  },
});

/** The same within WebGPU's default limits. */
export const upConv = upConvWithin(MAX_BYTES);

const filterOf = ({ weight }: UpConvArgs): Tensor => weight.stored ?? weight.tensor;

/** Some of the output channels. */
interface Part {
  readonly label: string;
  /** `[channels, 2H + 1, 2W + 1]`: the gradient to the transposed convolution's result times the output scale. */
  readonly scattered: Tensor;
  readonly first: number;
  readonly channels: number;
}

/** The output scale of a part's channels. */
const scaleOf = ({ outScale }: UpConvArgs, { first }: Part) =>
  outScale && { tensor: outScale.tensor, offset: outScale.offset + first };

/** Adds a part to the input's gradient. */
function partInput(b: Backward, a: UpConvArgs, part: Part, before: Tensor | undefined): Tensor {
  const { label, scattered, first, channels } = part;
  const filter = filterOf(a);
  const whole = view(filter, [1, ...filter.shape]);
  const weight = passingConvWeight(b.g, {
    label: `${label} back`,
    weight: turnFilter(b.g, { label, weight: whole, flip: false, first, kept: channels }),
    stride: 2,
    spatial: [dim(a.input, 1), dim(a.input, 2)],
    facts: b.facts,
  });
  const geometry = { stride: 2, padding: 0 };
  return convolve(b.g, {
    label: `${label} back`,
    input: scattered,
    weight,
    ...geometry,
    inScale: scaleOf(a, part),
    residual: before,
  });
}

/** A part of the filter's gradient `[I, 3, 3, O]`. */
function partFilter(b: Backward, a: UpConvArgs, part: Part, { tensor, keep }: Target): void {
  const { scattered, first } = part;
  const [height, width, outChannels] = [dim(a.input, 1), dim(a.input, 2), dim(filterOf(a), 3)];
  const outWidth = width;
  filterGradient(b.g, {
    label: `${part.label} filter`,
    facts: b.facts,
    pixels: height * width,
    left: { input: a.input, outWidth, kernel: 1, stride: 1, padding: 0, inScale: a.inScale },
    right: {
      input: scattered,
      outWidth,
      kernel: KERNEL,
      stride: 2,
      padding: 0,
      inScale: scaleOf(a, part),
    },
    output: { tensor, offset: first },
    rowStep: outChannels,
    keep,
  });
}
