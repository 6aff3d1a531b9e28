/**
 * Photos as people have them on the public object, with the model that ships: found, aligned, inverted, put back, and
 * what bad ones are told.
 */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { SHIPPED_MODEL } from '../pipeline/shipped-samples.ts';
import { watch } from '../pipeline/watch-device.ts';
import { borrowedDevice } from '../setup/gpu.ts';
import { expectFace } from './expect-face.ts';
import { FACE, FACE_MODELS, photoOf, twoFaces } from './photo-parts.ts';

let hs: HyperStyle;
let made: Readonly<Record<string, number>>;
let failing = false;
const warnings: string[] = [];

const faces = async (file: string): Promise<Uint8Array> => {
  if (failing) throw new Error('no such file');
  return new Uint8Array(await (await fetch(FACE_MODELS + file)).arrayBuffer());
};

/** Loads the model once, on the shared device; each test borrows that anew, so that what goes wrong there fails it. */
beforeEach(async () => {
  warnings.splice(0);
  const device = await borrowedDevice();
  if (hs) return;
  ({ made } = watch(device));
  hs = await HyperStyle.load(new URL(SHIPPED_MODEL, location.href), {
    device,
    faces,
    onWarning: (warning) => warnings.push(warning),
  });
});
afterAll(() => hs?.dispose());

describe('face models', () => {
  it('that are missing are told, and asked for again with the next photo', async () => {
    const photo = await photoOf(300, 300, [{ x: 150, y: 150, scale: 0.6 }]);
    failing = true;
    await expect(hs.findFaces(photo)).rejects.toThrow(/no such file/);
    failing = false;
    expectFace(await hs.findFaces(photo), 150, 150, 0.6 * FACE.side);
  });
});

describe('a photo on the public object', () => {
  it('is found, aligned, inverted and put back; the next one allocates nothing', async () => {
    const round = async (photo: ImageData): Promise<Uint8ClampedArray> => {
      const person = await hs.invert(photo, { align: 'auto', steps: 0 });
      const { data } = await person.pasteInto(photo);
      person.dispose();
      return new Uint8ClampedArray(data);
    };
    const [x, y, side] = [260, 190, 0.8 * FACE.side];
    const photo = await photoOf(500, 400, [{ x, y, scale: 0.8, turn: 12 }]);
    const pasted = await round(photo);
    const changed = { outside: 0, inside: 0 };
    for (let i = 0; i < pasted.length; i += 4) {
      if ([0, 1, 2, 3].every((c) => pasted[i + c] === photo.data[i + c])) continue;
      const [px, py] = [(i / 4) % 500, Math.floor(i / 2000)];
      changed[Math.hypot(px - x, py - y) < 0.8 * side ? 'inside' : 'outside']++;
    }
    expect(changed.outside).toBe(0);
    expect(changed.inside).toBeGreaterThan(0.5 * side * side);
    const [before, bytes] = [{ ...made }, hs.memory().total];
    await round(await photoOf(500, 400, [{ x: 200, y: 210, scale: 0.7, turn: -5 }]));
    expect({ ...made }).toEqual(before);
    expect(hs.memory().total).toBe(bytes);
    expect(warnings).toEqual([]);
  });

  it('with two faces: the largest is inverted and the other told of, or any by its square', async () => {
    const photo = await twoFaces();
    const { faces: found } = await hs.findFaces(photo);
    const [first, second] = found;
    if (!first || !second) throw new Error(`${found.length} faces`);
    const person = await hs.invert(photo, { align: 'auto', steps: 0 });
    expect(warnings).toEqual([expect.stringMatching(/shows 2 faces, the largest is inverted: .*findFaces lists all/)]);
    const other = await hs.invert(photo, { align: second.quad, steps: 0 });
    for (const [made, { quad }] of [
      [person, first],
      [other, second],
    ] as const) {
      const { matrix, picture } = made.cut?.placement ?? { matrix: [], picture: { width: 0 } };
      expect(Math.hypot(matrix[0] ?? 0, matrix[1] ?? 0) * picture.width).toBeCloseTo(
        Math.hypot(quad[3][0] - quad[0][0], quad[3][1] - quad[0][1]),
        0,
      );
      made.dispose();
    }
    photo.close();
  });

  it('that is said to be aligned and is not gets a warning, an aligned one none, and another when it is aligned again', async () => {
    const photo = await photoOf(500, 400, [{ x: 180, y: 190 }]);
    (await hs.invert(photo, { align: 'none', steps: 0 })).dispose();
    expect(warnings.splice(0)).toEqual([
      expect.stringMatching(/does not look aligned: .* \d+ % away .* align: 'auto'/),
    ]);
    const aligned = await photoOf(FACE.side, FACE.side, [{ x: FACE.side / 2, y: FACE.side / 2 }]);
    (await hs.invert(aligned, { align: 'none', steps: 0 })).dispose();
    expect(warnings).toEqual([]);
    (await hs.invert(aligned, { align: 'auto', steps: 0 })).dispose();
    expect(warnings).toEqual([expect.stringMatching(/aligned picture already/)]);
  });

  it('without a face, with bad options, or of another size than it was cut out of, ends with what to do', async () => {
    const plain = await photoOf(200, 150, []);
    await expect(hs.invert(plain, { align: 'auto' })).rejects.toThrow(/no face was found .* upright .* 1\/25/);
    expect((await hs.findFaces(plain, { small: 'never' })).faces).toEqual([]);
    await expect(hs.invert(plain, { align: 'center' as 'centre' })).rejects.toThrow(
      /expected "auto", "centre", "none"/,
    );
    await expect(hs.findFaces(plain, { most: 0 })).rejects.toThrow(/most is 0/);
    const untouched = await hs.invert(plain, { steps: 0 });
    await expect(untouched.pasteInto(plain)).rejects.toThrow(/no place in a photo: invert with align/);
    const centre = await hs.invert(plain, { steps: 0, align: 'centre' });
    await expect(centre.pasteInto(await photoOf(150, 150, []))).rejects.toThrow(/cut out of one of 200×150/);
    await expect(centre.pasteInto(plain, { feather: 2 })).rejects.toThrow(/feather is 2, expected 0 to 0.5/);
    expect(await centre.pasteInto(plain)).toMatchObject({ width: 200, height: 150 });
    for (const made of [untouched, centre]) made.dispose();
  });
});
