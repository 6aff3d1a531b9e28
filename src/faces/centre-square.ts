/**
 * Photos of domains without faces (cars): the largest centred part of the right ratio, in the middle rows of a
 * square as such models read it.
 */
import { cut, type Pixels } from './pixels.ts';
import { centreCrop } from './square.ts';

/** @param ratio width over height of the rows that count, at least 1; what lies above and below them is left black */
export function centreSquare(photo: Pixels, ratio: number): Pixels & { readonly data: Uint8ClampedArray } {
  const { x, y, width, height } = centreCrop(photo.width, photo.height, ratio);
  const part = cut(photo, { left: x, top: y, right: x + width, bottom: y + height });
  const side = Math.max(width, height);
  const data = new Uint8ClampedArray(4 * side * side).fill(0);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  const [left, top] = [Math.floor((side - width) / 2), Math.floor((side - height) / 2)];
  for (let row = 0; row < height; row++) {
    data.set(part.data.subarray(4 * row * width, 4 * (row + 1) * width), 4 * ((top + row) * side + left));
  }
  return { data, width: side, height: side };
}
