/** Whether a face was found where it was put. */
import { expect } from 'vitest';
import type { FoundFaces } from '../../src/index.ts';

/** Square's centre and side may be off by this share of the side: a face is found again after it was scaled and turned. */
const AGREES = 0.1;

const centreOf = ([a, , c]: FoundFaces['faces'][number]['quad']): [number, number] => [
  (a[0] + c[0]) / 2,
  (a[1] + c[1]) / 2,
];

/** Fails unless one face of that size was found at a place, in pixels of the photo. */
export function expectFace({ faces: found }: FoundFaces, x: number, y: number, side: number): void {
  const near = found.filter(({ quad }) => Math.hypot(centreOf(quad)[0] - x, centreOf(quad)[1] - y) < AGREES * side);
  expect(near, `one face of ${side.toFixed(0)} px at ${x}, ${y}`).toHaveLength(1);
  const [
    [a, , , d] = [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  ] = near.map(({ quad }) => quad);
  expect(Math.abs(Math.hypot(d[0] - a[0], d[1] - a[1]) / side - 1)).toBeLessThan(AGREES);
}
