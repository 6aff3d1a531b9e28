/** FFHQ's alignment and the paste-back against the official script's own numbers and pictures. */
import { describe, expect, it } from 'vitest';
import { planAlignment } from '../../src/faces/alignment.ts';
import { paste, pasteMask } from '../../src/faces/paste.ts';
import { facePoints, type Point, pointsOf5, pointsOf68 } from '../../src/faces/points.ts';
import { preparePhoto } from '../../src/faces/prepare.ts';
import { apply, centreCrop, checkQuad, faceSquare, invert, type Quad, quadSide } from '../../src/faces/square.ts';
import { warpReference } from '../../src/kernels/reference/warp.ts';
import { TOLERANCE } from '../tolerances.ts';
import { alignGolden, cropOf, levels, padOf, rgbaOf } from './golden-picture.ts';
import photos from './landmarks.json' with { type: 'json' };

const pairs = (flat: ArrayLike<number>): Point[] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? 0, flat[2 * i + 1] ?? 0]);

const furthest = (a: readonly Point[], b: readonly Point[]): number =>
  Math.max(...a.map(([x, y], i) => Math.hypot(x - (b[i]?.[0] ?? 0), y - (b[i]?.[1] ?? 0))));

/** A golden, and how we align its photo. */
async function alignmentOf(name: string) {
  const golden = await alignGolden(name);
  const photo = await golden.picture('in.photo');
  const size = Number(golden.attributes.size);
  const quad = faceSquare(facePoints(pairs(await golden.values('in.landmarks'))));
  return { golden, photo, size, quad, plan: planAlignment(quad, photo, size) };
}

describe.each(['align-tiny', 'align-border', 'align-large'])('%s', async (name) => {
  const { golden, photo, size, quad, plan } = await alignmentOf(name);
  const prepared = preparePhoto(photo, plan);

  it('has the official square, crop, padding and maps', async () => {
    expect(furthest(quad, pairs(await golden.values('out.quad_raw')))).toBeLessThan(TOLERANCE.alignedCorner);
    expect(furthest(plan.inside, pairs(await golden.values('out.quad')))).toBeLessThan(TOLERANCE.alignedCorner);
    expect({ shrink: plan.shrink, border: plan.border, crop: cropOf(plan), pad: padOf(plan) }).toEqual({
      shrink: golden.attributes.shrink,
      border: golden.attributes.border,
      crop: golden.attributes.crop,
      pad: golden.attributes.pad,
    });
    for (const [ours, theirs] of [
      [plan.matrix, 'out.matrix'],
      [plan.matrixExact, 'out.matrix_exact'],
    ] as const) {
      const [a, c, x, b, d, y] = await golden.values(theirs);
      for (const [i, value] of [a, b, c, d, x, y].entries()) expect(ours[i]).toBeCloseTo(value ?? 0, 3);
    }
  });

  it('draws the official picture', async () => {
    if (golden.attributes.padded) {
      expect(levels(prepared, await golden.picture('out.prepared')).max).toBeLessThanOrEqual(TOLERANCE.alignedLevels);
    }
    const drawn = warpReference({
      source: prepared,
      map: plan.toInside,
      width: size,
      height: size,
      samples: 1,
      extend: true,
    });
    const { max, mean } = levels(rgbaOf(drawn.map(Math.floor), [size, size]), await golden.picture('out.image'));
    expect(max).toBeLessThanOrEqual(TOLERANCE.alignedLevels);
    expect(mean).toBeLessThanOrEqual(TOLERANCE.alignedMean);
  });
});

describe.each(['align-tiny', 'align-border'])('%s', async (name) => {
  const { golden, photo, size, plan } = await alignmentOf(name);

  it('pastes back as the golden does, and leaves the rest of the photo alone', async () => {
    const plain = { antialias: false, matchColours: false };
    const pasted = paste(photo, await golden.picture('in.altered'), plan.matrixExact, plain);
    const { max, mean } = levels(pasted, await golden.picture('out.pasted'));
    expect(max).toBeLessThanOrEqual(1);
    expect(mean).toBeLessThanOrEqual(TOLERANCE.pastedMean);
    const toPicture = invert(plan.matrixExact);
    const mask = pasteMask(photo, { width: size, height: size }, plan.matrixExact);
    let [outside, touched] = [0, 0];
    for (let i = 0; i < mask.length; i++) {
      const [u, v] = apply(toPicture, [i % photo.width, Math.floor(i / photo.width)]);
      if (Math.min(u, v) >= -0.5 && Math.max(u, v) <= size - 0.5) continue;
      outside++;
      if (mask[i] !== 0 || [0, 1, 2, 3].some((c) => pasted.data[4 * i + c] !== photo.data[4 * i + c])) touched++;
    }
    expect(outside).toBeGreaterThan(0);
    expect(touched).toBe(0);
  });
});

describe('squares', () => {
  it.each(photos.flatMap(({ file, faces }) => faces.map((face, i) => [`${file} ${i}`, face] as const)))(
    "%s: dlib's 68 points give FFHQ's square",
    (_, { points, quad, qsize }) => {
      const square = faceSquare(pointsOf68(points as unknown as Point[]));
      expect(furthest(square, quad as unknown as Point[])).toBeLessThan(TOLERANCE.alignedCorner);
      expect(quadSide(square)).toBeCloseTo(qsize, 2);
    },
  );

  it('reads 5 points as eyes, nose and mouth corners', () => {
    const five: Point[] = [
      [10, 10],
      [30, 10],
      [20, 20],
      [12, 30],
      [28, 30],
    ];
    expect(pointsOf5(five)).toEqual({ eyeLeft: [10, 10], eyeRight: [30, 10], mouth: [20, 30] });
    expect(facePoints(five)).toEqual(pointsOf5(five));
  });

  it('refuses landmarks of another form, and points that are no numbers', () => {
    expect(() => facePoints([[1, 2]])).toThrow(/got 1 points, known forms have 5 .*68 .*468/);
    const broken = Array.from({ length: 68 }, (_, i): Point => [i, i === 40 ? Number.NaN : i]);
    expect(() => facePoints(broken)).toThrow(/point 40 is \[40,NaN\]/);
  });

  it('refuses faces without direction', () => {
    expect(() => faceSquare({ eyeLeft: [3, 3], eyeRight: [3, 3], mouth: [3, 3] })).toThrow(/give no direction/);
  });

  it('refuses corners that are no square, or in another order', () => {
    const square: Quad = [
      [0, 0],
      [0, 10],
      [10, 10],
      [10, 0],
    ];
    expect(checkQuad(square)).toEqual(square);
    expect(() =>
      checkQuad([
        [0, 0],
        [10, 0],
        [10, 10],
        [0, 10],
      ]),
    ).toThrow(/in this order/);
    expect(() =>
      checkQuad([
        [0, 0],
        [0, 20],
        [10, 20],
        [10, 0],
      ]),
    ).toThrow(/away from a square/);
    expect(() =>
      checkQuad([
        [0, 0],
        [0, 1],
      ]),
    ).toThrow(/expected four corners/);
    expect(() =>
      checkQuad([
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
    ).toThrow(/no picture/);
  });

  it('refuses squares outside the photo and sizes no picture has', () => {
    const square: Quad = [
      [100, 100],
      [100, 110],
      [110, 110],
      [110, 100],
    ];
    expect(() => planAlignment(square, { width: 50, height: 50 }, 64)).toThrow(/lies outside the photo of 50×50/);
    expect(() => planAlignment(square, { width: 500, height: 500 }, 0)).toThrow(/from 1 to 4096/);
  });

  it('maps back what it mapped', () => {
    const { matrixExact } = planAlignment(
      [
        [10, 5],
        [7, 25],
        [27, 28],
        [30, 8],
      ],
      { width: 40, height: 40 },
      16,
    );
    const [x, y] = apply(invert(matrixExact), apply(matrixExact, [3, 11]));
    expect([x, y]).toEqual([expect.closeTo(3, 6), expect.closeTo(11, 6)]);
  });

  it('crops other domains from the centre', () => {
    expect(centreCrop(1000, 500, 4 / 3)).toEqual({ x: 166, y: 0, width: 667, height: 500 });
    expect(centreCrop(300, 900, 1)).toEqual({ x: 0, y: 300, width: 300, height: 300 });
    expect(() => centreCrop(10, 10, 0)).toThrow(/above 0/);
  });
});
