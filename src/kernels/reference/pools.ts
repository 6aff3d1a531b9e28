/** Plain loops for `globalPool`, `adaptivePool`, `upsampleAdd` and `squeezeExcite`, written for reading. */
import { at } from './at.ts';

/** x `[C, pixels]` → `[C]`. */
export function globalPoolReference(x: ArrayLike<number>, channels: number): Float64Array {
  const pixels = x.length / channels;
  return Float64Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let i = 0; i < pixels; i++) sum += at(x, c * pixels + i);
    return sum / pixels;
  });
}

/** x `[C, H, W]` → `[C, rows, w]` of the pooled `[C, h, w]`. */
export function adaptivePoolReference(
  x: ArrayLike<number>,
  [channels, height, width]: readonly [number, number, number],
  [pooledHeight, pooledWidth]: readonly [number, number],
  [from, to]: readonly [number, number] = [0, pooledHeight],
): Float64Array {
  const y: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let i = from; i < to; i++) {
      for (let j = 0; j < pooledWidth; j++) {
        const [y0, y1] = [Math.floor((i * height) / pooledHeight), Math.ceil(((i + 1) * height) / pooledHeight)];
        const [x0, x1] = [Math.floor((j * width) / pooledWidth), Math.ceil(((j + 1) * width) / pooledWidth)];
        let sum = 0;
        for (let py = y0; py < y1; py++) for (let px = x0; px < x1; px++) sum += at(x, (c * height + py) * width + px);
        y.push(sum / ((y1 - y0) * (x1 - x0)));
      }
    }
  }
  return Float64Array.from(y);
}

/** x `[C, H, W]` enlarged to y's size, corners on corners, plus y `[C, h, w]`. */
export function upsampleAddReference(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  [channels, height, width]: readonly [number, number, number],
  [outHeight, outWidth]: readonly [number, number],
): Float64Array {
  const place = (i: number, out: number, size: number): number => (out > 1 ? (i * (size - 1)) / (out - 1) : 0);
  return Float64Array.from({ length: channels * outHeight * outWidth }, (_, index) => {
    const row = place(Math.floor(index / outWidth) % outHeight, outHeight, height);
    const column = place(index % outWidth, outWidth, width);
    const channel = Math.floor(index / (outHeight * outWidth));
    let sum = at(y, index);
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const share = Math.max(0, 1 - Math.abs(row - i)) * Math.max(0, 1 - Math.abs(column - j));
        if (share > 0) sum += share * at(x, (channel * height + i) * width + j);
      }
    }
    return sum;
  });
}

/** Operands of {@link squeezeExciteReference}, as in `SqueezeExciteArgs`. */
export interface SqueezeExciteOperands {
  /** `[C, H, W]` */
  readonly x: ArrayLike<number>;
  /** `[R, C]` */
  readonly fc1: ArrayLike<number>;
  /** `[C, R]` */
  readonly fc2: ArrayLike<number>;
  /** `[C, H', W']` */
  readonly shortcut: ArrayLike<number>;
  readonly shape: readonly [number, number, number];
  readonly shortcutSize: readonly [number, number];
  readonly stride: number;
}

/** → `[C, H, W]` */
export function squeezeExciteReference(o: SqueezeExciteOperands): Float64Array {
  const [channels, height, width] = o.shape;
  const hidden = o.fc1.length / channels;
  const pooled = globalPoolReference(o.x, channels);
  const units = Float64Array.from({ length: hidden }, (_, r) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += at(o.fc1, r * channels + c) * at(pooled, c);
    return Math.max(sum, 0);
  });
  return Float64Array.from(o.x, (value, i) => {
    const c = Math.floor(i / (height * width));
    const [py, px] = [Math.floor(i / width) % height, i % width];
    let sum = 0;
    for (let r = 0; r < hidden; r++) sum += at(o.fc2, c * hidden + r) * at(units, r);
    const [sh, sw] = o.shortcutSize;
    return value / (1 + Math.exp(-sum)) + at(o.shortcut, (c * sh + py * o.stride) * sw + px * o.stride);
  });
}
