/** The curve of the training page: means of neighbours, within its frame, and nothing for numbers that are none. */
import { expect, it } from 'vitest';
import { curvePath, smoothed } from '../../demo/train/curve.ts';

const frame = { width: 100, height: 50 };
const points = (line: string): number[][] => line.split(' ').map((point) => point.split(',').map(Number));

it('averages neighbours, at the ends those that there are', () => {
  expect(smoothed([1, 2, 3, 4], 3)).toEqual([1.5, 2, 3, 3.5]);
  expect(smoothed([], 3)).toEqual([]);
});

it('falls where errors fall, within its frame, with the level across', () => {
  const { line, level } = curvePath([0.4, 0.2, 0.1, Number.NaN, 0], 0.4, frame);
  const found = points(line);
  expect(found).toHaveLength(3);
  for (const [x = -1, y = -1] of [...found, ...points(level)]) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(frame.width);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(frame.height);
  }
  const heights = points(curvePath([1, 1, 1, 1, 1, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3], undefined, frame).line);
  expect(heights.at(-1)?.[1]).toBeGreaterThan(heights[0]?.[1] ?? 0);
  expect(curvePath([0.1], undefined, frame)).toEqual({ line: expect.stringMatching(/^6\.0,/), level: '' });
  expect(curvePath([], undefined, frame).line).toBe('');
});
