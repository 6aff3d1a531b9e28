/** Makes `toEqual` compare typed arrays number by number: vitest walks them as objects, four seconds a megabyte. */
import { expect } from 'vitest';

/** A typed array of numbers, as far as comparing goes. */
type Numbers = ArrayBufferView & ArrayLike<unknown>;

const isNumbers = (value: unknown): value is Numbers => ArrayBuffer.isView(value) && !(value instanceof DataView);

/** Whether two typed arrays of one type hold the same numbers, NaN being NaN; undefined for all else, which others compare. */
function equalArrays(a: unknown, b: unknown): boolean | undefined {
  if (!isNumbers(a) || !isNumbers(b) || a.constructor !== b.constructor) return undefined;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

expect.addEqualityTesters([equalArrays]);
