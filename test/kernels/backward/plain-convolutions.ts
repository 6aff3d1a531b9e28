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

/** Grouped convolution; `w` `[groups, I/groups, k, k, O/groups]`. */
export function conv(x: Numbers, w: Numbers, s: ConvShape, a: Around): number[] {
  const [height, width] = s.size;
  const read = (i: number, row: number, column: number): number => {
    if (row < 0 || column < 0 || row >= height || column >= width) return 0;
    const value = at(x, (i * height + row) * width + column);
    return value * (a.inScale ? at(a.inScale, i) : 1) + (a.inShift ? at(a.inShift, i) : 0);
  };
  const out = (n: number): number => Math.floor((n + 2 * s.padding - s.kernel) / s.stride) + 1;
  const sums: number[] = [];
  for (const o of range(s.groups * s.groupOut)) {
    const first = Math.floor(o / s.groupOut) * s.groupIn;
    for (const row of range(out(height))) {
      for (const column of range(out(width))) {
        let sum = 0;
        for (let i = first; i < first + s.groupIn; i++) {
          for (let tap = 0; tap < s.kernel ** 2; tap++) {
            const [ky, kx] = [Math.floor(tap / s.kernel), tap % s.kernel];
            const weight = at(w, (i * s.kernel ** 2 + tap) * s.groupOut + (o % s.groupOut));
            sum += weight * read(i, row * s.stride + ky - s.padding, column * s.stride + kx - s.padding);
          }
        }
        sums.push(sum);
      }
    }
  }
  return finish(sums, s.groups * s.groupOut, a);
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
