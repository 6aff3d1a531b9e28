/** Twenty pivots in one page leave memory flat; a device lost in the middle costs no more than the steps since the last save. */
import { expect, it } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { gpuDevice, sharedDevice } from '../setup/gpu.ts';
import { difference, smallModel, smallWeights, testPicture } from './small-model.ts';

const TIMEOUT_MS = 600_000;
const RUNS = 20;

it('twenty pivots leave memory flat', { timeout: TIMEOUT_MS }, async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const totals: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    (await hs.pivot(testPicture(64, 64, run), { from: 'w', steps: 2 })).dispose();
    totals.push(hs.memory().total);
  }
  expect(new Set(totals.slice(1)).size).toBe(1);
  hs.dispose();
});

it('goes on from the last save after a lost device', { timeout: TIMEOUT_MS }, async () => {
  const photo = testPicture(64, 64);
  const common = { from: 'w', steps: 4, rate: 2e-3 } as const;
  const doomed = await navigator.gpu.requestAdapter().then((adapter) => adapter?.requestDevice());
  if (!doomed) throw new Error('no device');
  const first = await HyperStyle.fromWeights(await smallWeights(), { device: doomed });
  let saved: Uint8Array | undefined;
  const lost = first.pivot(photo, {
    ...common,
    saveEvery: 2,
    onSave: (bytes) => {
      saved = bytes;
      doomed.destroy();
    },
  });
  await expect(lost).rejects.toMatchObject({ code: 'device' });
  const hs = await HyperStyle.fromWeights(await smallWeights(), { device: await gpuDevice() });
  const resumed = await hs.pivot(photo, { ...common, resume: saved });
  const whole = await hs.pivot(photo, common);
  expect(difference(await resumed.picture.toFloats(), await whole.picture.toFloats())).toBeLessThan(1e-5);
  hs.dispose();
});
