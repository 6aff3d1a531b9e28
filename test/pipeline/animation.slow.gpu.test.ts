/** A long animation written as a video: frames are computed, encoded and forgotten one at a time. */
import { expect, it } from 'vitest';
import { enlarged } from '../../src/animation/enlarge.ts';
import type { AnimationFrame } from '../../src/index.ts';
import { decoded } from '../animation/decoded.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { smallModel, testPicture } from './small-model.ts';

const FRAMES = 320;
/** Large enough that a page collects frames which nobody holds. */
const SCALE = 8;

it('memory does not grow with the length of an animation', { timeout: 600_000 }, async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const people = [
    await hs.invert(testPicture(64, 64), { steps: 1 }),
    await hs.invert(testPicture(64, 64, 3), { steps: 1 }),
  ];
  const keyframes = people.flatMap((person, n) => [
    { at: n * 160, people: [{ person, weight: 1 }], edits: { east: 0 } },
    { at: n * 160 + 80, edits: { east: n === 0 ? 2 : -2 } },
  ]);
  const animation = await hs.animate({ keyframes, frames: FRAMES, loop: true });
  const held: WeakRef<object>[] = [];
  const compose = (frame: AnimationFrame) => {
    const large = enlarged(frame, SCALE);
    held.push(new WeakRef(large.data));
    return large;
  };
  const memory: number[] = [];
  const onProgress = () => void memory.push(hs.memory().total);
  const video = await animation.toVideo({ format: 'webm', compose, onProgress });
  expect(memory).toHaveLength(FRAMES);
  expect(new Set(memory.slice(2)).size).toBe(1); // the first frames make what all of them use
  expect(held.filter((frame) => frame.deref()).length).toBeLessThan(FRAMES / 2);
  expect((await decoded(video)).frames).toHaveLength(FRAMES);
  hs.dispose();
});
