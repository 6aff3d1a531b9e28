/** Faces found in real photos, aligned and put back, in Chrome, against dlib's points; and what bad input is told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaceFinder, pasteFace } from '../../src/index-faces.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';
import photos from './landmarks.json' with { type: 'json' };
import { FACE_MODELS } from './photo-parts.ts';

const load = async (source: Parameters<typeof FaceFinder.load>[0] = FACE_MODELS): Promise<FaceFinder> =>
  FaceFinder.load(source, { device: (await sharedDevice()).device });

async function photo(file: string): Promise<Blob> {
  return (await fetch(`/test/faces/photos/${file}`)).blob();
}

const model = async (file: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(FACE_MODELS + file)).arrayBuffer());

/** One finder for all tests; its device ends with the file. */
let shared: Promise<FaceFinder>;
beforeAll(() => {
  shared = FaceFinder.load(FACE_MODELS);
});
afterAll(async () => (await shared).dispose());

describe('a face finder', () => {
  it('finds both faces of a photo within 8 % of their sides, and no other', async () => {
    const finder = await shared;
    const file = 'two.jpg';
    const wanted = photos.find((entry) => entry.file === file)?.faces ?? [];
    const { faces } = await finder.find(await photo(file));
    expect(faces).toHaveLength(wanted.length);
    const bytes = finder.memory().total;
    await finder.find(await photo(file));
    expect(finder.memory().total, 'a second photo allocates nothing').toBe(bytes);
    for (const { quad, qsize } of wanted) {
      const off = faces.map((face) =>
        Math.max(...face.quad.map(([x, y], i) => Math.hypot(x - (quad[i]?.[0] ?? 0), y - (quad[i]?.[1] ?? 0)))),
      );
      expect(Math.min(...off) / qsize).toBeLessThan(TOLERANCE.foundCorner);
    }
  });

  it('aligns in parts, puts a face back and leaves the rest of the photo alone', async () => {
    const finder = await shared;
    const [width, height] = [90, 70];
    const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : (i * 7) % 251));
    const source = { data, width, height };
    const square = [
      [20, 10],
      [14, 50],
      [54, 56],
      [60, 16],
    ] as const;
    const aligned = await finder.align(source, square, { size: 600 });
    expect([aligned.picture.width, aligned.picture.height]).toEqual([600, 600]);
    const pasted = await pasteFace(source, aligned.picture, aligned);
    let [same, moved] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      if ([0, 1, 2].every((c) => pasted.data[i + c] === data[i + c])) same++;
      else moved++;
    }
    expect(moved).toBeLessThan(45 * 45);
    expect(same).toBeGreaterThan(width * height - 45 * 45);
    await expect(pasteFace({ ...source, width: 70, height: 90 }, aligned.picture, aligned)).rejects.toThrow(
      /cut out of one of 90×70/,
    );
  });

  it('says what is wrong: no face, damaged or missing models, squares that are none', async () => {
    const finder = await shared;
    const grey = { data: new Uint8Array(4 * 64 * 48).fill(120), width: 64, height: 48 };
    expect(await finder.find(grey, { small: 'never' })).toEqual({ faces: [], others: 0, warnings: [] });
    await expect(finder.find(grey, { small: 'maybe' as 'auto' })).rejects.toThrow(/expected auto, always or never/);
    await expect(
      finder.align(grey, [
        [0, 0],
        [9, 0],
        [9, 9],
        [0, 9],
      ]),
    ).rejects.toThrow(/in this order/);
    await expect(load('/no/such/folder')).rejects.toThrow(/face model .*blazeface/);
    const cut = async (file: string) => (await model(file)).subarray(0, file.endsWith('bin') ? 1000 : undefined);
    await expect(load(cut)).rejects.toThrow(/needs \d+ bytes, .*\.bin has 1000.*set the face models up again/);
    const swapped = (file: string) => model(file.replace('blazeface', 'facemesh'));
    await expect(load(swapped)).rejects.toThrow(/has no tensor "unknown/);
  });
});
