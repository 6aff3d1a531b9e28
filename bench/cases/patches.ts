/**
 * Parts of pictures, so that a plain loop can check a large convolution at a few places: corners, where padding shows, and
 * the middle; some channels each time.
 */
import type { Dense } from '../../src/kernels/reference/conv2d.ts';

/** A rectangle of an output and some of its channels. */
export interface Patch {
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
  readonly channel: number;
  readonly channels: number;
}

const SIDE = 4;
const CHANNELS = 8;

/** Patches of an output `[channels, height, width]`: first corner and channels, middle, last corner and channels. */
export function patchesOf(channels: number, height: number, width: number): Patch[] {
  const size = { height: Math.min(SIDE, height), width: Math.min(SIDE, width), channels: Math.min(CHANNELS, channels) };
  return [0, 0.5, 1].map((part) => {
    const place = (whole: number, taken: number): number => 2 * Math.floor((part * (whole - taken)) / 2);
    const row = part === 1 ? height - size.height : place(height, size.height);
    const column = part === 1 ? width - size.width : place(width, size.width);
    const channel = part === 1 ? channels - size.channels : place(channels, size.channels);
    return { ...size, row, column, channel };
  });
}

/** The values of `data` `[channels, height, width]` inside a patch; zero where the patch leaves the picture. */
export function cut(data: Float32Array, [, height, width]: readonly [number, number, number], patch: Patch): Dense {
  const values = new Float32Array(patch.channels * patch.height * patch.width);
  let index = 0;
  for (let c = 0; c < patch.channels; c++) {
    for (let r = 0; r < patch.height; r++) {
      for (let q = 0; q < patch.width; q++, index++) {
        const [row, column] = [patch.row + r, patch.column + q];
        if (row < 0 || column < 0 || row >= height || column >= width) continue;
        values[index] = data[((patch.channel + c) * height + row) * width + column] ?? Number.NaN;
      }
    }
  }
  return { shape: [patch.channels, patch.height, patch.width], data: values };
}

/** Output channels `[from, from + count)` of a filter bank whose last dimension, `outputs`, is the output channel. */
export function cutOutputs(weight: Float32Array, outputs: number, from: number, count: number): Float32Array {
  const rows = weight.length / outputs;
  const values = new Float32Array(rows * count);
  for (let r = 0; r < rows; r++) values.set(weight.subarray(r * outputs + from, r * outputs + from + count), r * count);
  return values;
}
