/** Measured choices draw the same pictures, within the time they may take, and are measured once. */
import { expect, it } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import type { ChoiceStore } from '../../src/tuning/choice-store.ts';
import { smallWeights, testPicture } from '../pipeline/small-model.ts';
import { borrowedDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';

it('a tuned model draws what an untuned one draws, and remembers', async () => {
  const kept = new Map<string, Uint8Array>();
  const choiceStore: ChoiceStore = {
    get: async (name) => kept.get(name) ?? null,
    put: async (name, bytes) => void kept.set(name, bytes),
  };
  const device = await borrowedDevice();
  // Time enough for a machine that others slow down.
  const load = async (tune: number | boolean) =>
    HyperStyle.fromWeights(await smallWeights(), { device, tune, choiceStore, onWarning: (w) => expect.fail(w) });
  const draw = async (hs: HyperStyle) => (await hs.invert(testPicture(40, 30), { steps: 1 })).picture.toFloats();

  const plain = await load(false);
  expect(plain.kernels.tuned).toEqual({ shapes: 0, seconds: 0 });
  expect(kept.size).toBe(0);

  const tuned = await load(20);
  expect(tuned.kernels.tuned.shapes).toBeGreaterThan(0);
  expect(tuned.kernels.tuned.seconds).toBeGreaterThan(0);
  expect(kept.size).toBe(1);
  expect(relativeError(await draw(tuned), await draw(plain))).toBeLessThan(TOLERANCE.goldenPipeline);

  const again = await load(true);
  expect(again.kernels.tuned).toEqual({ shapes: tuned.kernels.tuned.shapes, seconds: 0 });
  expect(again.plan()).toBe(tuned.plan());
});

it('takes no time that is none', async () => {
  const load = HyperStyle.fromWeights(await smallWeights(), { device: await borrowedDevice(), tune: -1 });
  await expect(load).rejects.toMatchObject({ code: 'option', message: expect.stringContaining('tune is -1') });
});
