/**
 * What only large pictures meet on the way back: sums in parts, strips of pixels. Compared with the same in one piece:
 * differences of so many numbers would take minutes.
 */

import { Tape } from '../../../src/gradients/tape.ts';
import type { Backward } from '../../../src/kernels/backward/backward.ts';
import { scaleBackward } from '../../../src/kernels/backward/epilogue.ts';
import { filterGradient } from '../../../src/kernels/backward/filters.ts';
import { upConvWithin } from '../../../src/kernels/backward/upconv.ts';
import { winogradFilterGradient } from '../../../src/kernels/backward/winograd-filter.ts';
import { DEFAULT_FACTS as facts } from '../../../src/kernels/choose.ts';
import { conv2d, conv2dSizes, passingConvWeight } from '../../../src/kernels/conv2d.ts';
import { product } from '../../../src/kernels/product.ts';
import { randomArray } from '../../../src/kernels/reference/seeded.ts';
import { toRgb } from '../../../src/kernels/to-rgb.ts';
import { upConv, upConvWeight } from '../../../src/kernels/upconv.ts';
import { slice } from '../../../src/models/conv-weights.ts';
import type { KernelRun } from '../../../src/runtime/kernel-run.ts';
import { elementCount, type Shape, type Tensor } from '../../../src/tensor.ts';
import type { GradientExample } from '../gradient-cases.ts';

/** Passes over so many pixels that GPUs sum them in parts. */
export const MANY_PIXELS: readonly GradientExample[] = [
  {
    name: 'toRgb',
    build: (g, input) => [
      toRgb(g, {
        label: 'rgb',
        input: input('x', [2, 31, 68]),
        weight: input('weight', [2, 1, 1, 3]),
        styles: slice(input('styles', [2])),
        bias: slice(input('bias', [3])),
      }),
    ],
  },
  {
    name: 'conv2d 1×1',
    build: (g, input) => {
      const stored = input('weight', [1, 2, 1, 1, 3]);
      const weight = passingConvWeight(g, { label: 'conv', weight: stored, spatial: [31, 68], facts });
      return [
        conv2d(g, {
          label: 'conv',
          input: input('x', [2, 31, 68]),
          weight,
          padding: 0,
          inScale: slice(input('in scale', [2])),
          outScale: slice(input('out scale', [3])),
          bias: slice(input('bias', [3])),
          activation: { kind: 'leaky' },
        }),
      ];
    },
  },
];

/** An up-convolution's gradients with all output channels at once, then with the same two by two. */
export function recordUpConvParts(run: KernelRun): readonly Tensor[] {
  const [inChannels, outChannels, height, width] = [3, 5, 3, 4];
  const random = (name: string, shape: Shape): Tensor =>
    run.input(name, shape, randomArray(`channels ${name}`, elementCount(shape)));
  const stored = random('weight', [inChannels, 3, 3, outChannels]);
  const args = {
    label: 'up',
    input: random('x', [inChannels, height, width]),
    weight: upConvWeight(run, { label: 'up', weight: stored, spatial: [height, width], facts }),
    inScale: slice(random('in scale', [inChannels])),
    outScale: slice(random('out scale', [outChannels])),
  };
  const output = upConv(run, args);
  const gradient = random('gradient', output.shape);
  const channelBytes = 4 * (2 * height + 1) * (2 * width + 1);
  return [outChannels, 2].flatMap((channels) => {
    const given: Tensor[] = [];
    const backward: Backward = {
      g: run,
      facts,
      wants: (of) => of !== undefined,
      reaches: () => true,
      mayOverwrite: () => false,
      gradient: () => gradient,
      give: (_, found) => void given.push(found),
      giveSlice: (_, found) => void given.push(found),
      intoSlice: (part) => ({ ...part, keep: false }),
      giveScaled: (part) => scaleBackward(backward, part),
      takeScaled: () => undefined,
      into(of) {
        const found = run.transient('into', of.shape);
        given.push(found);
        return { tensor: found, keep: false };
      },
    };
    upConvWithin(channels * channelBytes).pull(backward, { op: 'upConv', args, output });
    return given;
  });
}

/**
 * A filter's gradient `[1, 3, 3, 3, 4]` found in every way: by Winograd and by gathered rows, each in one strip and in
 * several.
 */
export function recordStrips(run: KernelRun): readonly Tensor[] {
  const [height, width] = [20, 52]; // 65 tiles: one more than a strip of Winograd's least
  const random = (name: string, shape: Shape): Tensor =>
    run.input(name, shape, randomArray(`strips ${name}`, elementCount(shape)));
  const [x, gradient] = [random('x', [3, height, width]), random('gradient', [4, height, width])];
  const [inScale, outScale] = [slice(random('in', [3])), slice(random('out', [4]))];
  const shape = [1, 3, 3, 3, 4];
  const form = { groups: 1, inChannels: 3, outChannels: 4, kernel: 3 };
  const sizes = conv2dSizes('strips', form, [height, width], {});
  const found = [undefined, 80_000].map((maxBytes) => {
    const output = run.transient('gathered', shape);
    const around = { outWidth: width, stride: 1 };
    filterGradient(run, {
      label: 'gathered',
      facts,
      pixels: height * width,
      left: { ...around, input: x, kernel: 3, padding: 1, inScale },
      right: { ...around, input: gradient, kernel: 1, padding: 0, inScale: outScale },
      output: slice(output),
      rowStep: 4,
      maxBytes,
    });
    return output;
  });
  const byWinograd = [undefined, 1].map((maxBytes) => {
    const output = run.transient('by Winograd', shape);
    const operands = { sizes, input: x, inScale, gradient, outScale };
    winogradFilterGradient(run, { label: 'by Winograd', facts, ...operands, output, maxBytes });
    return output;
  });
  return [...found, ...byWinograd];
}

/** Sizes of {@link recordLargeProduct}: columns in eights, and so many terms that the way back turns a matrix first. */
export const LARGE_PRODUCT = { rows: 11, columns: 1040, depth: 1008 } as const;

/** A product with bias, computed in blocks, and its gradients to left, right and bias. */
export function recordLargeProduct(run: KernelRun): readonly Tensor[] {
  const { rows, columns, depth } = LARGE_PRODUCT;
  const random = (name: string, shape: Shape): Tensor =>
    run.input(name, shape, randomArray(`product ${name}`, elementCount(shape)));
  const [left, right] = [random('left', [rows, depth]), random('right', [depth, columns])];
  const bias = random('bias', [columns]);
  const tape = new Tape(run, facts);
  const y = product(tape, {
    label: 'large',
    rows,
    columns,
    depth,
    left: { tensor: left, row: depth, depth: 1 },
    right: { tensor: right, depth: columns, column: 1 },
    bias,
  });
  return [y, ...tape.backward([{ of: y, gradient: random('gradient', [rows, columns]) }], [left, right, bias])];
}
