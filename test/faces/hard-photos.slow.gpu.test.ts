/** Faces that are hard to find, on the public object: turned, small, many, in a photo larger than a texture; and poor ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { SHIPPED_MODEL } from '../pipeline/shipped-samples.ts';
import { expectFace } from './expect-face.ts';
import { FACE, FACE_MODELS, photoOf } from './photo-parts.ts';

let hs: HyperStyle;
const warnings: string[] = [];

beforeAll(async () => {
  hs = await HyperStyle.load(new URL(SHIPPED_MODEL, location.href), {
    faces: async (file) => new Uint8Array(await (await fetch(FACE_MODELS + file)).arrayBuffer()),
    onWarning: (warning) => warnings.push(warning),
  });
});
afterAll(() => hs.dispose());

describe('faces are found', () => {
  it.each([-40, -25, 25, 40])('turned by %i degrees', async (turn) => {
    expectFace(
      await hs.findFaces(await photoOf(480, 360, [{ x: 250, y: 180, scale: 0.6, turn }])),
      250,
      180,
      0.6 * FACE.side,
    );
  });

  it('down to a twenty-fifth of the longer side', async () => {
    // the square's side, the hair in it, is 1.6 times the face's
    const scale = (1.6 * 1200) / 25 / FACE.side;
    const photo = await photoOf(1200, 800, [{ x: 930, y: 610, scale }]);
    expectFace(await hs.findFaces(photo), 930, 610, scale * FACE.side);
  });

  it('in a photo larger than any texture of this GPU', async () => {
    const width = 9000;
    expect(width).toBeGreaterThan(hs.engine.device.limits.maxTextureDimension2D);
    const photo = await createImageBitmap(await photoOf(width, 500, [{ x: 8500, y: 250, scale: 1.6 }]));
    expectFace(await hs.findFaces(photo), 8500, 250, 1.6 * FACE.side);
    const person = await hs.invert(photo, { align: 'auto', steps: 0 });
    expect(await person.pasteInto(photo)).toMatchObject({ width, height: 500 });
    expect(warnings).toEqual([]);
    person.dispose();
    photo.close();
  });

  it('fifty in one photo, and only those that are wanted are looked at closely', async () => {
    const copies = Array.from({ length: 50 }, (_, i) => ({
      x: 60 + (i % 10) * 120,
      y: 60 + Math.floor(i / 10) * 130,
      scale: i === 37 ? 0.38 : 0.27,
    }));
    const found = await hs.findFaces(await photoOf(1200, 660, copies), { most: 1 });
    expect(found.faces).toHaveLength(1);
    expect(found.others).toBe(49);
    expectFace(found, 900, 450, 0.38 * FACE.side);
  });
});

it('a photo of a face that is cut, or too small for the model, is inverted with a warning', async () => {
  const cut = await photoOf(400, 400, [{ x: 48, y: 200 }]);
  (await hs.invert(cut, { align: 'auto', steps: 0 })).dispose();
  expect(warnings.splice(0)).toEqual([expect.stringMatching(/% of the face's outline lie outside the photo/)]);
  const small = await photoOf(320, 320, [{ x: 160, y: 160, scale: 0.128 }]);
  (await hs.invert(small, { align: 'auto', steps: 0 })).dispose();
  expect(warnings).toEqual([expect.stringMatching(/square is \d+ px wide and the model reads 64 px/)]);
});
