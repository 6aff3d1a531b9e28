/** Arrays are compared by their numbers, fast, wherever they lie. */
import { expect, it } from 'vitest';

it('typed arrays are equal when their numbers are', () => {
  expect({ data: [Float32Array.of(1, Number.NaN)] }).toEqual({ data: [Float32Array.of(1, Number.NaN)] });
  expect(Uint8Array.of(1, 2)).not.toEqual(Uint8Array.of(1, 3));
  expect({ data: Uint8Array.of(1, 2) }).not.toEqual({ data: Uint8Array.of(1, 2, 3) });
  expect(Float32Array.of(0)).not.toEqual(Float32Array.of(-0));
  expect(Float32Array.of(1)).not.toEqual(Uint8Array.of(1));
  expect(Buffer.from([1, 2])).not.toEqual(Uint8Array.of(1, 2)); // as vitest has it: another class
});

it('only the numbers count: nothing walks them as objects', () => {
  expect(Object.assign(Uint8Array.of(1), { name: 'a' })).toEqual(Object.assign(Uint8Array.of(1), { name: 'b' }));
});
