/** Pictures on the host: RGBA bytes, and cutting and shrinking them. Everything here is plain arithmetic on bytes. */

/** RGBA bytes in rows from the top, 4·width·height of them. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Whole pixels of a picture: columns `[left, right)`, rows `[top, bottom)`. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** To the nearest whole number, halves to the even one, as NumPy's `rint` and Python's `round`. */
export function rint(value: number): number {
  const floor = Math.floor(value);
  const part = value - floor;
  if (part !== 0.5) return part < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A box within a picture. */
export const clampBox = (box: Box, width: number, height: number): Box => ({
  left: Math.max(0, Math.min(width - 1, box.left)),
  top: Math.max(0, Math.min(height - 1, box.top)),
  right: Math.min(width, Math.max(1, box.right)),
  bottom: Math.min(height, Math.max(1, box.bottom)),
});

/** A copy of some of a picture's pixels. */
export function cut({ data, width }: Pixels, { left, top, right, bottom }: Box): Pixels {
  const out = new Uint8ClampedArray(4 * (right - left) * (bottom - top));
  const row = 4 * (right - left);
  for (let y = top; y < bottom; y++) {
    const from = 4 * (y * width + left);
    out.set(data.subarray(from, from + row), (y - top) * row);
  }
  return { data: out, width: right - left, height: bottom - top };
}

/** Means of `factor` × `factor` blocks; blocks at the right and lower edge have what is left. */
export function shrinkBlocks(source: Pixels, factor: number): Pixels {
  if (factor <= 1) return source;
  const width = Math.ceil(source.width / factor);
  const height = Math.ceil(source.height / factor);
  const out = new Uint8ClampedArray(4 * width * height);
  const sums = new Float64Array(4 * width);
  for (let y = 0; y < height; y++) {
    const last = Math.min(source.height, (y + 1) * factor);
    sums.fill(0);
    for (let row = y * factor; row < last; row++) addRow(sums, source, row, factor);
    for (let x = 0; x < width; x++) {
      const count = (Math.min(source.width, (x + 1) * factor) - x * factor) * (last - y * factor);
      for (let c = 0; c < 4; c++) out[4 * (y * width + x) + c] = (sums[4 * x + c] ?? 0) / count;
    }
  }
  return { data: out, width, height };
}

function addRow(sums: Float64Array, { data, width }: Pixels, row: number, factor: number): void {
  const start = 4 * row * width;
  for (let x = 0; x < width; x++) {
    const [to, from] = [4 * Math.floor(x / factor), start + 4 * x];
    sums[to] = (sums[to] ?? 0) + (data[from] ?? 0);
    sums[to + 1] = (sums[to + 1] ?? 0) + (data[from + 1] ?? 0);
    sums[to + 2] = (sums[to + 2] ?? 0) + (data[from + 2] ?? 0);
    sums[to + 3] = (sums[to + 3] ?? 0) + (data[from + 3] ?? 0);
  }
}
