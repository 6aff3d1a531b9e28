/** Pictures as MS-SSIM wants them: planes in [0, 1] at the size the model reads. */
import { ensure } from '../../src/errors.ts';
import type { PlanarPicture } from '../../src/metrics/ms-ssim.ts';

/**
 * Planes of a generated square picture `[3, size, size]` in about [-1, 1], clamped as a display would and averaged down
 * to `side`. @throws `option` error unless `side` divides `size`
 */
export function planarFromTensor(values: Float32Array, size: number, side: number): PlanarPicture {
  const factor = size / side;
  ensure(
    Number.isInteger(factor),
    'option',
    () => `evaluation: output of ${size} px cannot be averaged down to ${side} px`,
  );
  const data = new Float32Array(3 * side * side);
  for (let i = 0; i < 3 * size * size; i++) {
    const [x, y, channel] = [i % size, Math.floor(i / size) % size, Math.floor(i / (size * size))];
    const at = channel * side * side + Math.floor(y / factor) * side + Math.floor(x / factor);
    const value = Math.min(1, Math.max(0, ((values[i] ?? 0) + 1) / 2));
    data[at] = (data[at] ?? 0) + value / factor ** 2;
  }
  return { data, width: side, height: side };
}
