/**
 * What is said about a face before it is inverted: profiles, faces that the border cuts, small ones, pictures
 * aligned already.
 */
import { describe, expect, it } from 'vitest';
import { faceWarnings, type SeenFace, smallFaceWarning } from '../../src/faces/advice.ts';
import { EYE_CORNERS, headYaw, MESH_POINTS, type Point } from '../../src/faces/points.ts';
import { type Quad, turnedSquare } from '../../src/faces/square.ts';

/** A circle of 36 points, as a face's outline has. */
const outline = (x: number, y: number, radius: number): Point[] =>
  Array.from({ length: 36 }, (_, i) => [
    x + radius * Math.cos((i * Math.PI) / 18),
    y + radius * Math.sin((i * Math.PI) / 18),
  ]);

const photo = { width: 400, height: 300 };
const face = (change: Partial<SeenFace> = {}): SeenFace => ({
  quad: turnedSquare([200, 150], 120, 0.1),
  yaw: 5,
  outline: outline(200, 150, 40),
  ...change,
});

describe('a face', () => {
  it('that is as models know it gets no warning', () => {
    expect(faceWarnings(face(), photo)).toEqual([]);
    expect(faceWarnings(face({ yaw: -40 }), photo)).toEqual([]);
  });

  it.each([
    [62, /turned 62° to the picture's right, almost a profile: .* from further in front/],
    [-50, /turned 50° to the picture's left/],
  ])('turned by %i degrees is a profile', (yaw, message) => {
    expect(faceWarnings(face({ yaw }), photo)).toEqual([expect.stringMatching(message)]);
  });

  it('that the border cuts is told with how much of it is missing', () => {
    const cut = face({ outline: outline(10, 150, 40) });
    expect(faceWarnings(cut, photo)).toEqual([expect.stringMatching(/^4\d % of the face's outline .* whole face$/)]);
    expect(faceWarnings(face({ outline: outline(39, 150, 40) }), photo)).toEqual([]);
  });

  it('of an aligned picture is not to be aligned again', () => {
    const whole: Quad = turnedSquare([127, 129], 258, 0.01);
    const aligned = face({ quad: whole });
    const message = /aligned picture already, its corners 1\.\d % off: .*align: 'none'/;
    expect(faceWarnings(aligned, { width: 256, height: 256 })).toEqual([expect.stringMatching(message)]);
  });

  it('with less than half the pixels that a model reads is too small', () => {
    const quad = turnedSquare([50, 50], 100, 0);
    expect(smallFaceWarning(quad, 200)).toBeUndefined();
    expect(smallFaceWarning(quad, 256)).toMatch(/square is 100 px wide and the model reads 256 px: .* larger one/);
  });
});

describe("a head's turn", () => {
  const turned = (degrees: number, roll: number): Float32Array => {
    const vertices = new Float32Array(3 * MESH_POINTS);
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const [left, right] = EYE_CORNERS;
    vertices.set([96 - 40 * cos * Math.cos(roll), 80 - 40 * cos * Math.sin(roll), -40 * sin], 3 * left);
    vertices.set([96 + 40 * cos * Math.cos(roll), 80 + 40 * cos * Math.sin(roll), 40 * sin], 3 * right);
    return vertices;
  };

  it.each([-70, -20, 0, 45])('of %i degrees is read from the depth of its eyes, however it leans', (degrees) => {
    for (const roll of [0, 0.6]) expect(headYaw(turned(degrees, roll))).toBeCloseTo(degrees, 3);
  });
});
