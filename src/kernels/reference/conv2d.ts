/** The convolution family as plain loops in double precision, written for reading: what the shaders are compared with. */
import { at } from './at.ts';

/** A picture or filter bank with its dimensions, outermost first. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const size = (t: Dense, index: number): number => t.shape[index] ?? Number.NaN;

/** What surrounds a convolution's sum; every vector is `[O]` or `[I]`, `noise` is `[OH, OW]`, `residual` the output's shape. */
export interface ReferenceEpilogue {
  readonly inScale?: Float32Array | undefined;
  readonly inShift?: Float32Array | undefined;
  readonly outScale?: Float32Array | undefined;
  readonly bias?: Float32Array | undefined;
  readonly noise?: Float32Array | undefined;
  readonly residual?: Float32Array | undefined;
  /** Slope below zero: 1 for none, 0 for ReLU, one number a channel for PReLU. */
  readonly slope?: number | Float32Array | undefined;
  readonly gain?: number | undefined;
}

/** `act(sum · outScale + bias + noise + residual) · gain` over sums `[O, OH, OW]`. */
function applyEpilogue(sums: Float64Array, channels: number, e: ReferenceEpilogue): Float32Array {
  const pixels = sums.length / channels;
  return Float32Array.from(sums, (sum, index) => {
    const o = Math.floor(index / pixels);
    let v = sum * (e.outScale ? at(e.outScale, o) : 1) + (e.bias ? at(e.bias, o) : 0);
    v += (e.noise ? at(e.noise, index % pixels) : 0) + (e.residual ? at(e.residual, index) : 0);
    const slope = typeof e.slope === 'object' ? at(e.slope, o) : (e.slope ?? 1);
    return (v >= 0 ? v : v * slope) * (e.gain ?? 1);
  });
}

/** `x · inScale + inShift`, `[I, H, W]`; zero padding is added afterwards. */
function scaledInput(x: Dense, e: ReferenceEpilogue): (i: number, row: number, column: number) => number {
  const [height, width] = [size(x, 1), size(x, 2)];
  return (i, row, column) => {
    if (row < 0 || column < 0 || row >= height || column >= width) return 0;
    const value = at(x.data, (i * height + row) * width + column);
    return value * (e.inScale ? at(e.inScale, i) : 1) + (e.inShift ? at(e.inShift, i) : 0);
  };
}

/** The same as an array `[I, H + before + after, W + before + after]` with the zeros around it. */
function paddedInput(x: Dense, e: ReferenceEpilogue, before: number, after: number): Float64Array {
  const input = scaledInput(x, e);
  const [height, width] = [size(x, 1) + before + after, size(x, 2) + before + after];
  return Float64Array.from({ length: size(x, 0) * height * width }, (_, index) => {
    const row = Math.floor(index / width);
    return input(Math.floor(row / height), (row % height) - before, (index % width) - before);
  });
}

/** Grouped convolution; `weight` `[groups, I/groups, k, k, O/groups]`, result `[O, OH, OW]`. */
export function conv2dReference(
  x: Dense,
  weight: Dense,
  a: ReferenceEpilogue & {
    readonly stride: number;
    readonly padding: number | readonly [before: number, after: number];
  },
): Dense {
  const [groups, groupIn, kernel, groupOut] = [size(weight, 0), size(weight, 1), size(weight, 2), size(weight, 4)];
  const [before, after] = typeof a.padding === 'number' ? [a.padding, a.padding] : a.padding;
  const input = paddedInput(x, a, before, after);
  const [rows, columns] = [size(x, 1) + before + after, size(x, 2) + before + after];
  const out = (n: number): number => Math.floor((n - kernel) / a.stride) + 1;
  const [height, width] = [out(rows), out(columns)];
  const sums = new Float64Array(groups * groupOut * height * width);
  for (let o = 0; o < groups * groupOut; o++) {
    const first = Math.floor(o / groupOut) * groupIn;
    for (let i = first; i < first + groupIn; i++) {
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          const w = at(weight.data, ((i * kernel + ky) * kernel + kx) * groupOut + (o % groupOut));
          for (let row = 0; row < height; row++) {
            const from = (i * rows + row * a.stride + ky) * columns + kx;
            const to = (o * height + row) * width;
            for (let column = 0; column < width; column++) {
              sums[to + column] = (sums[to + column] ?? 0) + w * (input[from + column * a.stride] ?? Number.NaN);
            }
          }
        }
      }
    }
  }
  return { shape: [groups * groupOut, height, width], data: applyEpilogue(sums, groups * groupOut, a) };
}

/** StyleGAN2's filter along one axis where pictures double: it sums up to 2. */
export const FIR = [0.25, 0.75, 0.75, 0.25];

/** The composite the fused kernels replace: scatter into `[O, 2H + 1, 2W + 1]`, then the FIR; `weight` is `[I, 3, 3, O]`. */
export function upConvReference(x: Dense, weight: Dense, e: ReferenceEpilogue): Dense {
  const [inChannels, outChannels, height, width] = [size(x, 0), size(weight, 3), size(x, 1), size(x, 2)];
  const [rows, columns] = [2 * height + 1, 2 * width + 1];
  const input = scaledInput(x, e);
  const sums = new Float64Array(outChannels * 4 * height * width);
  for (let o = 0; o < outChannels; o++) {
    const spread = new Float64Array(rows * columns);
    for (let i = 0; i < inChannels; i++) {
      for (let p = 0; p < height; p++) {
        for (let q = 0; q < width; q++) {
          for (let a = 0; a < 3; a++) {
            for (let b = 0; b < 3; b++) {
              const target = (2 * p + a) * columns + 2 * q + b;
              const w = at(weight.data, ((i * 3 + a) * 3 + b) * outChannels + o);
              spread[target] = (spread[target] ?? 0) + input(i, p, q) * w;
            }
          }
        }
      }
    }
    for (let row = 0; row < 2 * height; row++) {
      for (let column = 0; column < 2 * width; column++) {
        let sum = 0;
        FIR.forEach((fy, ty) => {
          FIR.forEach((fx, tx) => {
            const [r, c] = [row + ty - 1, column + tx - 1];
            if (r >= 0 && c >= 0 && r < rows && c < columns) sum += fy * fx * (spread[r * columns + c] ?? Number.NaN);
          });
        });
        sums[(o * 2 * height + row) * 2 * width + column] = sum;
      }
    }
  }
  return { shape: [outChannels, 2 * height, 2 * width], data: applyEpilogue(sums, outChannels, e) };
}
