/** Depthwise convolution and max pooling as plain loops in double precision. */

type Shape3 = readonly [channels: number, height: number, width: number];

/** TensorFlow's depthwise convolution with "same" padding: `weight` `[C, k, k]`, result `[C, ⌈H/stride⌉, ⌈W/stride⌉]`. */
export function depthwiseReference(
  x: Float32Array,
  weight: Float32Array,
  [channels, height, width]: Shape3,
  stride: number,
): Float64Array {
  const kernel = Math.sqrt(weight.length / channels);
  const out = (n: number): number => Math.ceil(n / stride);
  const before = (n: number): number => Math.floor(Math.max(0, (out(n) - 1) * stride + kernel - n) / 2);
  const result = new Float64Array(channels * out(height) * out(width));
  for (let index = 0; index < result.length; index++) {
    const column = index % out(width);
    const row = Math.floor(index / out(width)) % out(height);
    const channel = Math.floor(index / (out(width) * out(height)));
    for (let ky = 0; ky < kernel; ky++) {
      for (let kx = 0; kx < kernel; kx++) {
        const [y, z] = [row * stride + ky - before(height), column * stride + kx - before(width)];
        if (y < 0 || z < 0 || y >= height || z >= width) continue;
        const w = weight[(channel * kernel + ky) * kernel + kx] ?? Number.NaN;
        result[index] = (result[index] ?? 0) + w * (x[(channel * height + y) * width + z] ?? Number.NaN);
      }
    }
  }
  return result;
}

/** 2 × 2 max pooling with stride 2, then zero channels up to `outChannels`. */
export function maxPoolReference(
  x: Float32Array,
  [channels, height, width]: Shape3,
  outChannels: number,
): Float64Array {
  const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)];
  return Float64Array.from({ length: outChannels * rows * columns }, (_, index) => {
    const channel = Math.floor(index / (rows * columns));
    if (channel >= channels) return 0;
    const [row, column] = [2 * (Math.floor(index / columns) % rows), 2 * (index % columns)];
    const at = (y: number, z: number): number => x[(channel * height + y) * width + z] ?? Number.NaN;
    return Math.max(at(row, column), at(row, column + 1), at(row + 1, column), at(row + 1, column + 1));
  });
}
