/** Plain loops for losses that have no golden, in double precision, written for reading. */

/** Mean over everything of (∂x d)² + (∂y d)² of d = a − b, both `[C, H, W]`: value of `gradientLoss`. */
export function gradientLossReference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [channels, height, width]: readonly [number, number, number],
): number {
  const d = (c: number, y: number, x: number): number => {
    const i = (c * height + y) * width + x;
    return (a[i] ?? Number.NaN) - (b[i] ?? Number.NaN);
  };
  let sum = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (x + 1 < width) sum += (d(c, y, x + 1) - d(c, y, x)) ** 2;
        if (y + 1 < height) sum += (d(c, y + 1, x) - d(c, y, x)) ** 2;
      }
    }
  }
  return sum / (channels * height * width);
}
