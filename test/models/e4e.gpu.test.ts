/**
 * e4e's encoder from a checkpoint's file through the public object: its latents are those of plain loops, and an inversion
 * begins with them.
 */
import { expect, it } from 'vitest';
import type { HyperStyle } from '../../src/index.ts';
import type { Dense } from '../../src/kernels/reference/conv2d.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { blobSource } from '../../src/weights/random-access.ts';
import { difference, latentEncoderFor, smallModel, testPicture } from '../pipeline/small-model.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';
import { e4eReference } from './e4e-reference.ts';

/** The same graphs with the same numbers. */
const SAME = 1e-5;

/** What plain loops find, by a checkpoint's values, in the photo that the model has read. */
async function expected({ engine, architecture }: HyperStyle, file: File): Promise<Float32Array> {
  const values = new Map<string, Dense>();
  for (const [name, stored] of (await openCheckpoint(blobSource(file))).tensors) {
    if (name.startsWith('encoder.') || name === 'latent_avg')
      values.set(name, { shape: stored.shape, data: await stored.read() });
  }
  const { x } = engine.network.state;
  return e4eReference(values, architecture.encoder?.units ?? [], { shape: x.shape, data: await engine.read(x) });
}

/** An inversion begins with the latents of e4e, goes on from them, and is a person like any other. */
async function beginsThere(hs: HyperStyle, file: File): Promise<void> {
  const photo = testPicture(64, 64);
  await expect(hs.invert(photo, { encoder: 'e4e' })).rejects.toThrow(/encoder "e4e" has not been added.*addE4e/);
  await hs.addE4e(file);
  const own = await hs.invert(photo, { steps: 0 });
  const found = await hs.invert(photo, { encoder: 'e4e', steps: 2 });
  const { base } = await found.values();
  expect(relativeError(base, await expected(hs, file))).toBeLessThan(TOLERANCE.goldenPipeline);
  const { styleDim } = hs.architecture;
  expect(difference(base.subarray(0, styleDim), base.subarray(styleDim, 2 * styleDim))).toBeGreaterThan(0.01);
  const shown = (await found.steps[0]?.picture.toFloats()) ?? new Float32Array();
  const [first, last] = [found.steps[0]?.l2, found.steps[2]?.l2];
  expect(last).not.toBe(first);
  expect(difference(shown, (await own.steps[0]?.picture.toFloats()) ?? [])).toBeGreaterThan(SAME);
  const alone = await hs.generate({ w: base });
  expect(difference(await alone.toFloats(), shown)).toBeLessThan(SAME);
  const restored = await hs.restore(await found.identity());
  expect(difference(await restored.picture.toFloats(), await found.picture.toFloats())).toBeLessThan(SAME);
}

/** A second file takes the first one's place, and one that does not fit takes nothing. */
async function isReplaced(hs: HyperStyle, file: File): Promise<void> {
  const before = hs.memory().weights;
  await hs.addE4e(file);
  expect(hs.memory().weights).toBe(before);
  await expect(hs.addRestyle(file)).rejects.toThrow(
    /no ReStyle-e4e checkpoint: its encoder reads 3 channels and has heads encoder\.styles\.\*, as e4e's does/,
  );
  const wrong = { encoder: 'psp' } as unknown as Parameters<typeof hs.invert>[1];
  await expect(hs.invert(testPicture(64, 64), wrong)).rejects.toThrow(/encoder.*psp/);
  const again = await hs.invert(testPicture(64, 64), { encoder: 'e4e', steps: 0 });
  expect(relativeError((await again.values()).base, await expected(hs, file))).toBeLessThan(TOLERANCE.goldenPipeline);
}

it('inversions begin with what e4e finds', async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const file = await latentEncoderFor('e4e', hs.architecture);
  await beginsThere(hs, file);
  await isReplaced(hs, file);
  hs.dispose();
});
