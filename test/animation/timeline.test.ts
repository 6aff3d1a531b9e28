/** Timelines: what a frame shows, as plain arithmetic. */
import { describe, expect, it } from 'vitest';
import { EASINGS, ease } from '../../src/animation/easing.ts';
import { swing, travel, travelPlace } from '../../src/animation/presets.ts';
import { frameState, type Timeline, timingOf } from '../../src/animation/timeline.ts';
import { beside, besideInputs, wipe } from '../../src/animation/wipe.ts';

const timeline: Timeline<string> = {
  keyframes: [
    { at: 0, people: 'anna', edits: { smile: 0, yaw: 1 }, strength: 1 },
    { at: 10, edits: { smile: 2 }, strength: { fine: 0.5 }, domain: null, easing: 'smooth' },
    { at: 20, people: [{ person: 'bert', weight: 1 }], edits: { smile: -2 }, domain: 'bronze' },
  ],
  frames: 40,
};

describe('a frame', () => {
  it('lies between the keyframes that mention each track', () => {
    const { edits, people, strength, domains } = frameState(timeline, 5);
    expect(edits).toEqual({ smile: 1, yaw: 1 });
    expect(people).toEqual([
      { person: 'anna', weight: 0.75 },
      { person: 'bert', weight: 0.25 },
    ]);
    expect(strength).toEqual({ coarse: 1, medium: 1, fine: 0.75, rgb: 1 });
    expect(domains).toEqual([{ name: null, weight: 1 }]);
  });

  it('follows the easing of the keyframe it comes from', () => {
    const { edits, domains } = frameState(timeline, 12.5);
    const way = (1 - Math.cos(Math.PI / 4)) / 2;
    expect(edits.smile).toBeCloseTo(2 - 4 * way, 12);
    expect(domains.map(({ weight }) => weight)).toEqual([1 - way, way]);
  });

  it('stays after the last keyframe, or goes back to the first in a loop', () => {
    expect(frameState(timeline, 30)).toMatchObject({ edits: { smile: -2 }, people: [{ person: 'bert', weight: 1 }] });
    const loop = { ...timeline, loop: true };
    expect(frameState(loop, 30)).toMatchObject({ edits: { smile: -1 } });
    expect(frameState(loop, 43)).toEqual(frameState(loop, 3));
    expect(frameState(loop, -1)).toEqual(frameState(loop, 39));
  });

  it('keeps the layers of an edit', () => {
    const keyframes = [
      { at: 0, edits: { smile: 0 } },
      { at: 4, edits: { smile: { amount: 2, layers: [0, 4] as const } } },
    ];
    expect(frameState({ keyframes }, 1).edits.smile).toEqual({ amount: 0.5, layers: [0, 4] });
  });
});

it('every easing goes from 0 to 1, but hold, which stays', () => {
  for (const name of EASINGS) {
    expect(ease(name, 0)).toBeCloseTo(0, 12);
    expect(ease(name, 1)).toBeCloseTo(name === 'hold' ? 0 : 1, 12);
  }
});

describe('the authors’ animation', () => {
  const people = ['anna', 'bert', 'carl'];
  const way = travel(people);

  it('holds 5 frames, travels 25, holds 5, at 15 frames a second, and closes', () => {
    expect(timingOf(way)).toEqual({ frames: 105, fps: 15, loop: true });
    const shareOfBert = (frame: number) =>
      frameState(way, frame).people.find(({ person }) => person === 'bert')?.weight ?? 0;
    expect([0, 4, 5, 17, 29, 34, 35, 39].map(shareOfBert)).toEqual([0, 0, 0, 0.5, 1, 1, 1, 1]);
    expect(frameState(way, 105)).toEqual(frameState(way, 0));
  });

  it('has the inputs wipe in step', () => {
    for (const frame of [0, 17, 29, 40, 90, 104]) {
      const { from, to, way: share } = travelPlace(people.length, frame);
      const weights = new Map(frameState(way, frame).people.map(({ person, weight }) => [person, weight]));
      expect(weights.get(people[to] ?? '') ?? 0).toBeCloseTo(share, 12);
      expect(weights.get(people[from] ?? '') ?? 0).toBeCloseTo(1 - share, 12);
    }
  });
});

it('a swing is a loop that is smooth at its turns', () => {
  const loop = swing('anna', { smile: 2 }, { frames: 40 });
  const smiles = [0, 10, 20, 30, 40].map((frame) => Number(frameState(loop, frame).edits.smile));
  [0, 2, 0, -2, 0].forEach((expected, i) => {
    expect(smiles[i]).toBeCloseTo(expected, 12);
  });
});

it.each([
  [{ keyframes: [] }, /keyframes are .*at least one/],
  [{ keyframes: [{ at: 0 }], frames: 0 }, /the length is 0 frames, expected .* 1 to 18000/],
  [{ keyframes: [{ at: 0 }], frames: 100_000 }, /the length is 100000 frames/],
  [{ keyframes: [{ at: Number.NaN }] }, /keyframe 0 is at NaN/],
  [{ keyframes: [{ at: 12 }], frames: 10 }, /a keyframe at 12, but only 10 frames/],
  [{ keyframes: [{ at: 0 }], fps: 0 }, /fps is 0/],
  [{ keyframes: [{ at: 0, easing: 'bouncy' }] }, /easing is "bouncy", expected linear/],
])('refuses %j', (bad, message) => {
  expect(() => timingOf(bad as Timeline<string>)).toThrow(message);
});

it('wipes and stands side by side', () => {
  const plain = (level: number) => ({ data: new Uint8Array(4 * 4 * 2).fill(level), width: 4, height: 2 });
  const red = (picture: { data: ArrayLike<number> }) => Array.from(picture.data).filter((_, i) => i % 4 === 0);
  expect(red(wipe(plain(1), plain(2), 0.5))).toEqual([2, 2, 1, 1, 2, 2, 1, 1]);
  expect(red(beside(plain(1), plain(2)))).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2]);
  const shown = besideInputs(plain(9), [plain(1), plain(2)], { from: 1, to: 0, way: 0.25 });
  expect(red(shown).slice(0, 8)).toEqual([1, 2, 2, 2, 9, 9, 9, 9]);
  expect(() => beside(plain(1), { ...plain(1), width: 2, height: 4 })).toThrow(/4×2 and 2×4/);
});
