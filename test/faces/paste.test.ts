/** Paste-back beyond the goldens: outline, colour match, fine pictures; whether a picture is aligned; centre squares. */
import { describe, expect, it } from 'vitest';
import { MISALIGNED, misalignment } from '../../src/faces/alignment.ts';
import { centreSquare } from '../../src/faces/centre-square.ts';
import { paste, pasteMask, polygonDistance } from '../../src/faces/paste.ts';
import type { Pixels } from '../../src/faces/pixels.ts';
import { centrePlacement, placementMatrix } from '../../src/faces/placement.ts';
import { apply, type Quad, quadMatrix } from '../../src/faces/square.ts';
import { readGraphModel } from '../../src/weights/graph-model.ts';

const flat = (width: number, height: number, value: number): Pixels => ({
  data: new Uint8ClampedArray(4 * width * height).fill(value),
  width,
  height,
});
const square: Quad = [
  [9.5, 9.5],
  [9.5, 29.5],
  [29.5, 29.5],
  [29.5, 9.5],
];
const red = ({ data, width }: Pixels, x: number, y: number): number => data[4 * (y * width + x)] ?? Number.NaN;

describe('paste-back', () => {
  const photo = flat(40, 40, 100);
  const map = quadMatrix(square, 80);

  it('meets the photo in colour where asked to', () => {
    const picture = flat(80, 80, 160);
    expect(red(paste(photo, picture, map, { matchColours: false }), 20, 20)).toBe(160);
    expect(red(paste(photo, picture, map), 20, 20)).toBe(100);
  });

  it('keeps to an outline', () => {
    const outline = [
      [16, 16],
      [24, 16],
      [24, 24],
      [16, 24],
    ] as const;
    const pasted = paste(photo, flat(80, 80, 160), map, { matchColours: false, outline });
    expect(red(pasted, 20, 20)).toBe(160);
    expect(red(pasted, 12, 20)).toBe(100);
    expect(polygonDistance(outline, [20, 20])).toBe(-4);
    expect(polygonDistance(outline, [27, 28])).toBe(5);
  });

  it('averages a picture that is finer than the photo', () => {
    const stripes = flat(80, 80, 0);
    for (let i = 0; i < stripes.data.length; i += 4) stripes.data[i] = (i / 4) % 2 === 0 ? 200 : 0;
    const smooth = paste(photo, stripes, map, { matchColours: false });
    expect(Math.abs(red(smooth, 20, 20) - 100)).toBeLessThanOrEqual(1);
  });
});

describe('pictures that are said to be aligned', () => {
  it('are told from photos', () => {
    const whole: Quad = [
      [0, 1],
      [1, 99],
      [98, 99],
      [99, 0],
    ];
    expect(misalignment(whole, { width: 100, height: 100 })).toBeLessThan(MISALIGNED);
    expect(misalignment(square, { width: 100, height: 100 })).toBeGreaterThan(MISALIGNED);
  });
});

describe('domains without faces', () => {
  it('get the centre in the middle rows of a square', () => {
    const made = centreSquare(flat(100, 40, 90), 2);
    expect([made.width, made.height]).toEqual([80, 80]);
    expect([red(made, 40, 19), red(made, 40, 20), red(made, 40, 59), red(made, 40, 60)]).toEqual([0, 90, 90, 0]);
  });
});

describe('the centre of a photo', () => {
  const photo = flat(200, 90, 100);
  const place = centrePlacement(photo, { width: 80, height: 60 });

  it('lies where it was cut, in any size of the result', () => {
    for (const [width, height] of [
      [80, 60],
      [40, 30],
      [320, 240],
    ] as const) {
      const map = placementMatrix(place, { width, height });
      expect(apply(map, [-0.5, -0.5])).toEqual([expect.closeTo(39.5, 6), expect.closeTo(-0.5, 6)]);
      expect(apply(map, [width - 0.5, height - 0.5])).toEqual([expect.closeTo(159.5, 6), expect.closeTo(89.5, 6)]);
    }
  });

  it('is put back whole where it meets the border, and fades at its sides', () => {
    const mask = pasteMask(photo, place.picture, place.matrix);
    const at = (x: number, y: number): number => mask[y * 200 + x] ?? Number.NaN;
    expect([at(100, 0), at(100, 45), at(100, 89)]).toEqual([255, 255, 255]);
    expect([at(39, 45), at(160, 45)]).toEqual([0, 0]);
    expect(at(44, 45)).toBeGreaterThan(0);
    expect(at(44, 45)).toBeLessThan(255);
    expect(at(44, 45)).toBe(at(155, 45));
  });

  it('leaves the rest of the photo alone bit for bit', () => {
    const pasted = paste(photo, flat(80, 60, 160), place.matrix, { matchColours: false });
    const moved = Array.from({ length: 200 }, (_, x) => x).filter((x) => red(pasted, x, 45) !== 100);
    expect([moved[0], moved.at(-1)]).toEqual([40, 159]);
  });
});

describe('graph models', () => {
  const json = (weights: unknown): Uint8Array =>
    new TextEncoder().encode(
      JSON.stringify({ format: 'graph-model', weightsManifest: [{ paths: ['m.bin'], weights }] }),
    );

  it('turn [k, k, I, O] into [O, I, k, k], halves and bytes into floats', async () => {
    const weights = [
      { name: 'conv', shape: [1, 2, 1, 2], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
      { name: 'half', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
    ];
    const model = readGraphModel('m', json(weights), Uint8Array.of(0, 1, 2, 3, 0x00, 0x3c, 0x00, 0xc0));
    const seen: [string, readonly number[], number[]][] = [];
    await model.stream((info, bytes) => {
      seen.push([info.name, info.shape, [...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)]]);
    });
    expect(seen).toEqual([
      ['conv', [2, 1, 1, 2], [-1, 0, -0.5, 0.5]],
      ['half', [2], [1, -2]],
    ]);
  });

  it.each([
    ['no JSON', new TextEncoder().encode('{'), /its JSON is unreadable/],
    ['another format', new TextEncoder().encode('{"format": "layers-model"}'), /no TensorFlow.js graph model/],
    ['a shape of words', json([{ name: 'w', shape: ['2'], dtype: 'float32' }]), /"w" has no valid shape/],
    ['an unknown type', json([{ name: 'w', shape: [2], dtype: 'complex64' }]), /element type "complex64"/],
    ['too few values', json([{ name: 'w', shape: [9], dtype: 'float32' }]), /needs 36 bytes, m.bin has 8/],
  ])('%s is refused', (_, text, message) => {
    expect(() => readGraphModel('m', text, new Uint8Array(8))).toThrow(message);
  });
});
