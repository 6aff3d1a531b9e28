/**
 * Convolutions and their kin as plain loops in double precision, from numbers to numbers, so that they can be differentiated by
 * differences.
 */
import { at } from '../../../src/kernels/reference/at.ts';

export type Numbers = ArrayLike<number>;

/** `[0, n)` */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** What surrounds a sum. */
export interface Around {
  readonly inScale?: Numbers;
  readonly inShift?: Numbers;
  readonly outScale?: Numbers;
  readonly bias?: Numbers;
  readonly noise?: Numbers;
  readonly residual?: Numbers;
  /** One number, or one a channel. */
  readonly slope?: number | Numbers;
  readonly gain?: number;
}

const leaky = (value: number, slope: number): number => (value > 0 ? value : value * slope);

/** `act(sum · outScale + bias + noise + residual) · gain` */
export function finish(sums: readonly number[], channels: number, a: Around): number[] {
  const pixels = sums.length / channels;
  return sums.map((sum, index) => {
    const o = Math.floor(index / pixels);
    let value = sum * (a.outScale ? at(a.outScale, o) : 1) + (a.bias ? at(a.bias, o) : 0);
    value += (a.noise ? at(a.noise, index % pixels) : 0) + (a.residual ? at(a.residual, index) : 0);
    const slope = typeof a.slope === 'number' ? a.slope : a.slope ? at(a.slope, o) : 1;
    return leaky(value, slope) * (a.gain ?? 1);
  });
}

/** Sizes of a convolution: channels of a group. */
export interface ConvShape {
  readonly groups: number;
  readonly groupIn: number;
  readonly groupOut: number;
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** `x · inScale + inShift`, `[I, H, W]`, with zeros around it. */
function padded(x: Numbers, { groups, groupIn, size: [height, width], padding }: ConvShape, a: Around): Float64Array {
  const [rows, columns] = [height + 2 * padding, width + 2 * padding];
  const result = new Float64Array(groups * groupIn * rows * columns);
  for (let index = 0; index < groups * groupIn * height * width; index++) {
    const [i, place] = [Math.floor(index / (height * width)), index % (height * width)];
    const to = (i * rows + Math.floor(place / width) + padding) * columns + (place % width) + padding;
    result[to] = at(x, index) * (a.inScale ? at(a.inScale, i) : 1) + (a.inShift ? at(a.inShift, i) : 0);
  }
  return result;
}

/** Grouped convolution; `w` `[groups, I/groups, k, k, O/groups]`. Without arrays in its loops: differences call it a thousand times. */
export function conv(x: Numbers, w: Numbers, s: ConvShape, a: Around): number[] {
  const { groupIn, groupOut, kernel, stride } = s;
  const [rows, columns] = [s.size[0] + 2 * s.padding, s.size[1] + 2 * s.padding];
  const [input, weights] = [padded(x, s, a), Float64Array.from(w)];
  const out = (n: number): number => Math.floor((n - kernel) / stride) + 1;
  const [outRows, outColumns] = [out(rows), out(columns)];
  const sums: number[] = [];
  for (let index = 0; index < s.groups * groupOut * outRows * outColumns; index++) {
    const o = Math.floor(index / (outRows * outColumns));
    const row = (Math.floor(index / outColumns) % outRows) * stride;
    const column = (index % outColumns) * stride;
    const first = Math.floor(o / groupOut) * groupIn;
    let sum = 0;
    for (let i = first; i < first + groupIn; i++) {
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          const weight = weights[((i * kernel + ky) * kernel + kx) * groupOut + (o % groupOut)] ?? Number.NaN;
          sum += weight * (input[(i * rows + row + ky) * columns + column + kx] ?? Number.NaN);
        }
      }
    }
    sums.push(sum);
  }
  return finish(sums, s.groups * groupOut, a);
}

/** upfirdn2d with [1, 3, 3, 1] / 8 both ways: zeros between pixels, zeros around. */
export function filtered(
  x: Numbers,
  [channels, height, width]: readonly [number, number, number],
  a: { readonly up: number; readonly pad: number; readonly gain: number; readonly size: readonly [number, number] },
): number[] {
  const taps = [0.125, 0.375, 0.375, 0.125];
  const read = (c: number, row: number, column: number): number => {
    if (row < 0 || column < 0 || row % a.up !== 0 || column % a.up !== 0) return 0;
    const [y, q] = [row / a.up, column / a.up];
    return y < height && q < width ? at(x, (c * height + y) * width + q) : 0;
  };
  return range(channels).flatMap((c) =>
    range(a.size[0]).flatMap((row) =>
      range(a.size[1]).map((column) => {
        let sum = 0;
        taps.forEach((fy, ty) => {
          taps.forEach((fx, tx) => {
            sum += fy * fx * read(c, row + ty - a.pad, column + tx - a.pad);
          });
        });
        return a.gain * sum;
      }),
    ),
  );
}

/** Transposed convolution with stride 2, the FIR, the epilogue; `w` `[I, 3, 3, O]`. */
export function upConvolution(
  x: Numbers,
  w: Numbers,
  [ins, outs, height, width]: readonly [number, number, number, number],
  a: Around,
): number[] {
  const [rows, columns] = [2 * height + 1, 2 * width + 1];
  const spread = new Float64Array(outs * rows * columns);
  for (const o of range(outs)) {
    for (const i of range(ins)) {
      for (const pixel of range(height * width)) {
        const [p, q] = [Math.floor(pixel / width), pixel % width];
        const value = at(x, i * height * width + pixel) * (a.inScale ? at(a.inScale, i) : 1);
        for (const tap of range(9)) {
          const place = (o * rows + 2 * p + Math.floor(tap / 3)) * columns + 2 * q + (tap % 3);
          spread[place] = at(spread, place) + value * at(w, (i * 9 + tap) * outs + o);
        }
      }
    }
  }
  const size = [2 * height, 2 * width] as const;
  return finish(filtered(spread, [outs, rows, columns], { up: 1, pad: 1, gain: 4, size }), outs, a);
}
