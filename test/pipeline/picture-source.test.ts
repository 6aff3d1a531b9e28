/** Which pictures are taken and which are refused by name, where there is no browser. */
import { describe, expect, it } from 'vitest';
import { fittedSide, ownPixels } from '../../src/api/picture-pixels.ts';
import { type PictureSource, takePicture } from '../../src/api/picture-source.ts';

const limitsWith = (maxSide = 64) => {
  const warnings: string[] = [];
  return { limits: { maxSide, onWarning: (warning: string) => void warnings.push(warning) }, warnings };
};
const take = (source: unknown) => takePicture(source as PictureSource, limitsWith().limits);
const bytes = (count: number) => Uint8ClampedArray.from({ length: count }, (_, i) => (i * 37) % 256);

describe('takePicture', () => {
  it.each<[string, unknown, RegExp]>([
    ['null', null, /the picture is Null: pass an ImageBitmap/],
    ['undefined', undefined, /is Undefined: pass/],
    ['a number', 7, /is Number: pass/],
    ['an address', 'me.png', /is String: it is no address: fetch it and pass the Blob/],
    ['the bytes of a file', new Uint8Array(9), /is Uint8Array: pass new Blob/],
    ['a buffer', new ArrayBuffer(9), /is ArrayBuffer: pass new Blob/],
    ['an empty object', {}, /is an object without data/],
    ['a promise', Promise.resolve(), /is Promise: pass/],
    [
      'floats',
      { data: new Float32Array(16), width: 2, height: 2 },
      /data is Float32Array, RGBA bytes are needed: pass a/,
    ],
    ['16-bit values', { data: new Uint16Array(16), width: 2, height: 2 }, /data is Uint16Array/],
    ['signed bytes', { data: new Int8Array(16), width: 2, height: 2 }, /data is Int8Array/],
    ['doubles', { data: new Float64Array(16), width: 2, height: 2 }, /data is Float64Array/],
    ['a plain array', { data: Array.from(bytes(16)), width: 2, height: 2 }, /data is Array/],
    ['a buffer for data', { data: new ArrayBuffer(16), width: 2, height: 2 }, /data is ArrayBuffer/],
    ['no data', { data: null, width: 2, height: 2 }, /data is Null/],
    ['too few bytes', { data: bytes(12), width: 2, height: 2 }, /12 bytes, 2×2 RGBA pixels are 16/],
    ['no size', { data: bytes(16) }, /undefined×undefined px, it needs at least 1×1: pass its width/],
    ['a size in words', { data: bytes(16), width: '2', height: 2 }, /2×2 px, it needs/],
    ['a broken size', { data: bytes(16), width: 1.6, height: 2.5 }, /1.6×2.5 px/],
    [
      'an unknown colour space',
      { data: bytes(16), width: 2, height: 2, colorSpace: 'rec2020' },
      /"rec2020", expected srgb or/,
    ],
    [
      'colours that only a browser converts',
      { data: bytes(16), width: 2, height: 2, colorSpace: 'display-p3' },
      /this host converts no display-p3/,
    ],
  ])('refuses %s', async (_what, source, message) => {
    await expect(take(source)).rejects.toMatchObject({ name: 'HyperStyleError', code: 'image', message });
  });

  it('refuses a file where nothing decodes it', async () => {
    const taken = await take(new Blob([bytes(9)]));
    await expect(taken.open()).rejects.toMatchObject({ code: 'image', message: /this host decodes no picture files/ });
  });

  it('takes bytes of any kind as they are now', async () => {
    for (const data of [bytes(16), new Uint8Array(bytes(16)), Buffer.from(bytes(16)), bytes(20).subarray(4)]) {
      const before = [...data];
      const taken = await take({ data, width: 2, height: 2 });
      data.fill(0);
      const { data: own } = (await taken.open()) as { data: Uint8Array };
      expect([...own]).toEqual(before);
    }
  });

  it('scales what no texture holds down, and says so', async () => {
    const { limits, warnings } = limitsWith(64);
    const taken = await takePicture({ data: bytes(4 * 150 * 2), width: 150, height: 2 }, limits);
    expect(await taken.open()).toMatchObject({ width: 50, height: 2 });
    expect(warnings).toEqual(['the picture of 150×2 px was scaled down to 50×2: this GPU takes at most 64×64']);
  });
});

describe('ownPixels', () => {
  it.each([
    [8192, 8192],
    [8193, 4097],
    [12000, 6000],
    [16385, 5462],
  ])('makes a side of %i one of %i', (side, expected) => {
    expect(fittedSide(side, 8192)).toBe(expected);
  });

  it('is the mean of each box over white, the last ones cut off', () => {
    const [width, height, max] = [7, 5, 3];
    const data = bytes(4 * width * height);
    const small = ownPixels(data, [width, height], max);
    expect([small.width, small.height]).toEqual([3, 3]);
    const box = (row: number, column: number, c: number) => {
      const values: number[] = [];
      for (let y = 2 * row; y < Math.min(height, 2 * row + 2); y++) {
        for (let x = 3 * column; x < Math.min(width, 3 * column + 3); x++) {
          const [value = 0, alpha = 0] = [data[4 * (y * width + x) + c], data[4 * (y * width + x) + 3]];
          values.push((value * alpha + 255 * (255 - alpha)) / 255);
        }
      }
      return Math.round(values.reduce((a, b) => a + b) / values.length);
    };
    for (let i = 0; i < 9; i++) {
      const [row, column] = [Math.floor(i / 3), i % 3];
      const expected = [0, 1, 2].map((c) => box(row, column, c));
      expect([...small.data.subarray(4 * i, 4 * i + 4)]).toEqual([...expected, 255]);
    }
  });
});
