/** Pictures to planes, and sheets of tiles: small enough to check by hand. */
import { expect, test } from 'vitest';
import { planarFromTensor } from '../../cli/evaluate/planar.ts';
import { portraitSeed } from '../../cli/evaluate/portrait-seed.ts';
import { montage, type Tile } from '../../cli/samples/montage.ts';
import { planarFromRgba } from '../../src/metrics/ms-ssim.ts';

test('RGBA bytes become planes in [0, 1], without alpha', () => {
  const { data } = planarFromRgba({ data: Uint8Array.of(255, 0, 51, 9, 0, 255, 102, 9), width: 2, height: 1 });
  expect([...data].map((x) => Math.round(x * 255))).toEqual([255, 0, 0, 255, 51, 102]);
});

test('a generated picture is clamped, then averaged down', () => {
  const red = [-1, 1, 3, -5]; // clamped to 0, 1, 1, 0
  const tensor = Float32Array.from([...red, 0, 0, 0, 0, 1, 1, 1, 1]);
  expect([...planarFromTensor(tensor, 2, 1).data]).toEqual([0.5, 0.5, 1]);
  expect([...planarFromTensor(tensor, 2, 2).data.subarray(0, 4)]).toEqual([0, 1, 1, 0]);
  expect(() => planarFromTensor(tensor, 3, 2)).toThrow('3 px cannot be averaged down to 2 px');
});

test('runs of neighbouring seeds share no portrait', () => {
  const seeds = [0, 1, 2, 3].flatMap((seed) => Array.from({ length: 500 }, (_, i) => portraitSeed(seed, i)));
  expect(new Set(seeds).size).toBe(2000);
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
});

test('a montage puts tiles side by side with a gap of two pixels', () => {
  const tile = (value: number): Tile => ({ data: new Uint8Array(4).fill(value), width: 1, height: 1 });
  const sheet = montage([[tile(10), tile(20)], [tile(30)]]);
  expect([sheet.width, sheet.height]).toEqual([8, 8]);
  const at = (x: number, y: number): number | undefined => sheet.data[4 * (y * 8 + x)];
  expect([at(2, 2), at(5, 2), at(2, 5), at(5, 5), at(0, 0)]).toEqual([10, 20, 30, 0, 0]);
  expect(() => montage([[tile(1), { ...tile(2), width: 2 }]])).toThrow('is 2×1, expected 1×1');
});
