/** Where things are on the page's pictures: the square that is cut, the part that is magnified, and how edits are grouped. */
import { expect, test } from 'vitest';
import { boundedCrop, cropOf, middleCrop, quadOf } from '../../demo/engine/crop.ts';
import { brightness, colourfulness } from '../../demo/engine/discovery-part.ts';
import { meanMagnitude } from '../../demo/engine/insight-part.ts';
import { moved } from '../../demo/ui/crop-keys.ts';
import { editGroups } from '../../demo/ui/edit-groups.ts';
import { panned, WHOLE, zoomed } from '../../demo/ui/view-window.ts';

test('a square and its corners are the same thing', () => {
  const crop = { x: 40, y: 30, side: 20, angle: 0.3 };
  const back = cropOf(quadOf(crop));
  for (const key of ['x', 'y', 'side', 'angle'] as const) expect(back[key]).toBeCloseTo(crop[key], 9);
  expect(quadOf(middleCrop({ width: 60, height: 40 }))).toEqual([
    [10, 0],
    [10, 40],
    [50, 40],
    [50, 0],
  ]);
});

test('a square stays on its photo, and neither vanishes nor grows without end', () => {
  const photo = { width: 100, height: 50 };
  expect(boundedCrop({ x: -5, y: 70, side: 1, angle: 7 }, photo)).toMatchObject({ x: 0, y: 50, side: 16 });
  expect(boundedCrop({ x: 5, y: 5, side: 1e9, angle: 0 }, photo).side).toBe(200);
});

test('arrow keys move, size and turn the square; other keys do nothing', () => {
  const crop = { x: 50, y: 50, side: 100, angle: 0 };
  expect(moved(crop, 'move', 'ArrowLeft')).toMatchObject({ x: 48, y: 50 });
  expect(moved(crop, 'size', 'ArrowUp')?.side).toBe(102);
  expect(moved(crop, 'turn', 'ArrowRight')?.angle).toBeGreaterThan(0);
  expect(moved(crop, 'move', 'a')).toBeUndefined();
});

test('magnifying keeps the point under the pointer, and nothing beside the picture is shown', () => {
  const at = [0.25, 0.75] as const;
  const near = zoomed(WHOLE, 2, at);
  expect([near.x + (at[0] - 0.5) / near.zoom, near.y + (at[1] - 0.5) / near.zoom]).toEqual([0.25, 0.75]);
  expect(panned(near, 9, 9)).toEqual({ zoom: 2, x: 0.25, y: 0.25 });
  expect(zoomed(near, 1e-9)).toEqual(WHOLE);
});

test('directions are found by words, and each lies under one heading', () => {
  const names = ['smile', 'hair_length', 'found smile', 'yaw', 'xyzzy'];
  expect(editGroups(names, '').map(({ title }) => title)).toEqual([
    'Found here',
    'Expression',
    'Pose',
    'Hair',
    'Others',
  ]);
  expect(editGroups(names, 'hair l').flatMap((group) => group.names)).toEqual(['hair_length']);
});

test('how far a layer moved does not depend on the sign of its offsets', () => {
  expect(meanMagnitude(Float32Array.of(-1, 3))).toBe(2);
  expect(meanMagnitude(new Float32Array(0))).toBe(0);
});

test('a bright picture scores more brightness, a grey one no colour', () => {
  const [grey, red] = [
    [100, 100, 100, 255],
    [255, 0, 0, 255],
  ] as const;
  expect(brightness(grey)).toBeCloseTo(100);
  expect([colourfulness(grey), colourfulness(red)]).toEqual([0, 255]);
});
