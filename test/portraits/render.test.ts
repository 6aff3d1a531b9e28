/** The port of the training renderer against pictures of the original (`make-golden.py`). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { attributesOf } from '../../portraits/random.ts';
import { renderPortrait, renderPortraitTensor } from '../../portraits/render.ts';
import { TOLERANCE } from '../tolerances.ts';

interface Golden {
  readonly z: number[][];
  readonly attributes: number[][];
  readonly accessories: (number[] | null)[];
}

const SIZE = 64;
const PLANE = 3 * SIZE * SIZE;
const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));
const bytes = readFileSync(new URL('golden.f32', import.meta.url));
const pictures = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

function vectors(index: number): [Float32Array, Float32Array | null] {
  const accessories = golden.accessories[index] ?? null;
  return [new Float32Array(golden.attributes[index] ?? []), accessories && new Float32Array(accessories)];
}

function maxAbsoluteError(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - (b[i] ?? Number.NaN))), 0);
}

describe('renderPortrait', () => {
  test.each([
    ['bare', 0],
    ['wearing everything', 1],
    ['in glasses, turned aside', 2],
  ] as const)('%s: as PyTorch draws it', (_, index) => {
    const expected = pictures.subarray(index * PLANE, (index + 1) * PLANE);
    const actual = renderPortraitTensor(...vectors(index), SIZE);
    expect(maxAbsoluteError(actual, expected)).toBeLessThanOrEqual(TOLERANCE.portrait);
  });

  test('the RGBA picture is the tensor, rounded', () => {
    const [attributes, accessories] = vectors(1);
    const tensor = renderPortraitTensor(attributes, accessories, 8);
    const picture = renderPortrait(attributes, accessories, 8);
    expect([picture.width, picture.height, picture.data.length]).toEqual([8, 8, 256]);
    for (let pixel = 0; pixel < 64; pixel++) {
      for (let c = 0; c < 3; c++) {
        const level = (((tensor[c * 64 + pixel] ?? 0) + 1) / 2) * 255;
        expect(Math.abs((picture.data[4 * pixel + c] ?? 0) - level)).toBeLessThanOrEqual(0.501);
      }
      expect(picture.data[4 * pixel + 3]).toBe(255);
    }
  });

  test('refuses vectors and sizes it cannot draw', () => {
    const [attributes] = vectors(0);
    expect(() => renderPortrait(attributes.subarray(1), null, 8)).toThrow(/attributes: expects 24 .* got 23/);
    expect(() => renderPortrait(attributes, new Float32Array(24).fill(Number.NaN), 8)).toThrow(
      /accessories: expects 24/,
    );
    for (const size of [0, -1, 1.5, 5000, Number.POSITIVE_INFINITY]) {
      expect(() => renderPortraitTensor(attributes, null, size)).toThrow(`got ${size}`);
    }
  });
});

describe('attributesOf', () => {
  test('agrees with the training script', () => {
    for (const index of [0, 1]) {
      const actual = attributesOf(new Float32Array(golden.z[index] ?? []));
      expect(maxAbsoluteError(actual, new Float32Array(golden.attributes[index] ?? []))).toBeLessThanOrEqual(1e-6);
    }
  });
});
