import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../src/weights/crc32.ts';
import { fromBrainFloat, fromHalf, toHalf } from '../../src/weights/half.ts';

const ALL = Uint16Array.from({ length: 65536 }, (_, i) => i);

describe('binary16', () => {
  test('every pattern survives decoding and encoding', () => {
    const values = fromHalf(ALL);
    const back = toHalf(values);
    const changed = ALL.filter((bits, i) => !Number.isNaN(values[i]) && back[i] !== bits);
    expect([...changed]).toEqual([]);
    expect(values[0x3c00]).toBe(1);
    expect(values[0x7bff]).toBe(65504);
    expect(values[0x0001]).toBe(2 ** -24);
  });

  test('encoding takes the nearest value, ties to even', () => {
    const finite = fromHalf(ALL.subarray(0, 0x7c00));
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65504, max: 65504 }), (value) => {
        const bits = toHalf(Float32Array.of(value))[0] ?? 0;
        const index = bits & 0x7fff;
        const error = (i: number): number => Math.abs((finite[i] ?? Number.POSITIVE_INFINITY) - Math.abs(value));
        expect(error(index)).toBeLessThanOrEqual(Math.min(error(index - 1), error(index + 1)));
        if (error(index) === error(index + 1) || error(index) === error(index - 1)) expect(index % 2).toBe(0);
        if (value !== 0) expect(bits >> 15).toBe(value < 0 ? 1 : 0);
      }),
      { numRuns: 2000 },
    );
  });

  test('what is too large becomes infinity, NaN stays NaN', () => {
    expect([...fromHalf(toHalf(Float32Array.of(65519, 65520, -1e30, Number.NaN)))]).toEqual([
      65504,
      Infinity,
      -Infinity,
      NaN,
    ]);
  });
});

test('bfloat16 is the upper half of binary32', () => {
  const values = Float32Array.of(1, -2.5, 3.140625);
  const bits = Uint16Array.from(new Uint32Array(values.buffer), (word) => word >>> 16);
  expect([...fromBrainFloat(bits)]).toEqual([1, -2.5, 3.140625]);
});

test("CRC-32 agrees with zlib's, in any parts", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes));
    }),
  );
});
