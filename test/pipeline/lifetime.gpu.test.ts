/** What is given back when, and what happens to calls that come too late. */
import { describe, expect, it, vi } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { borrowedDevice, sharedDevice } from '../setup/gpu.ts';
import { difference, smallModel, smallWeights, testPicture } from './small-model.ts';
import { watch } from './watch-device.ts';

const PHOTO = testPicture(24, 24);
const DISPOSED = { code: 'option', message: /disposed of/ };

/** Reads that were under way when their picture was disposed of end as they would have. */
async function readsToTheEnd(hs: HyperStyle): Promise<void> {
  const inversion = await hs.invert(PHOTO, { steps: 1 });
  const expected = await inversion.picture.toFloats();
  const read = [inversion.picture.toFloats(), inversion.picture.toFloats()];
  inversion.dispose();
  await hs.generate({ seed: 8 });
  for (const values of await Promise.all(read)) expect(difference(values, expected)).toBe(0);
}

it('a disposed inversion tells nothing, least of all about the next person', async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const first = await hs.invert(PHOTO, { steps: 1 });
  first.dispose();
  const second = await hs.invert(testPicture(24, 24, 2), { steps: 1 });
  for (const late of [() => first.values(), () => first.identity(), () => first.edit({})]) {
    await expect(late()).rejects.toMatchObject(DISPOSED);
  }
  expect(() => first.picture).toThrow(/disposed of/);
  const queued = second.identity();
  second.dispose();
  await expect(queued).rejects.toMatchObject(DISPOSED);
  await readsToTheEnd(hs);
});

/** Callers whose `onStep` throws lose no memory to it. */
async function survivesCallbacks(hs: HyperStyle): Promise<void> {
  const { total } = hs.memory();
  const onStep = () => Promise.reject(new Error('no room on the page'));
  for (let i = 0; i < 8; i++) await expect(hs.invert(PHOTO, { onStep })).rejects.toThrow('no room on the page');
  expect(hs.memory().total).toBe(total);
}

/** A photo that finds no room is an error that does not last; the texture of one that does is counted. */
async function countsTextures(hs: HyperStyle): Promise<void> {
  const { device } = hs.engine;
  const { total } = hs.memory();
  const pop = device.popErrorScope.bind(device);
  device.popErrorScope = async () => (await pop()) ?? ({ message: 'out of memory' } as GPUError);
  const refused = hs.invert(testPicture(40, 30), { steps: 1 });
  await expect(refused).rejects.toMatchObject({ code: 'memory', message: /scale the picture of 40×30 down/ });
  device.popErrorScope = pop;
  (await hs.invert(PHOTO, { steps: 1 })).dispose();
  expect(hs.memory().total).toBe(total);
  (await hs.invert(testPicture(240, 100), { steps: 1 })).dispose();
  expect(hs.memory().total - total).toBe(4 * (240 * 100 - 24 * 24));
}

describe('memory', () => {
  it('of disposed inversions is given back but for what the next one takes', async () => {
    const hs = await smallModel((await sharedDevice()).device);
    (await hs.invert(PHOTO, { steps: 6 })).dispose();
    const { total } = hs.memory();
    const two = [await hs.invert(PHOTO, { steps: 6 }), await hs.invert(PHOTO, { steps: 6 })];
    expect(hs.memory().total).toBeGreaterThan(total);
    for (const inversion of two) inversion.dispose();
    expect(hs.memory().total).toBe(total);
    await survivesCallbacks(hs);
    await countsTextures(hs);
  });

  it('is all given back when drawing cannot be compiled, on a device of the caller', async () => {
    const device = await borrowedDevice();
    const { alive } = watch(device);
    const compile = device.createComputePipelineAsync.bind(device);
    device.createComputePipelineAsync = (descriptor) =>
      descriptor.label?.startsWith('to_texture') ? Promise.reject(new Error('not today')) : compile(descriptor);
    await expect(HyperStyle.fromWeights(await smallWeights(), { device })).rejects.toMatchObject({
      code: 'shader',
      message: /to_texture.wgsl \(.*\) does not compile: not today/,
    });
    await vi.waitFor(() => expect([...alive]).toEqual([])); // the other half of it may still be allocating
  });

  it('is all given back by a model that is disposed of while it inverts', async () => {
    const device = await borrowedDevice();
    const { alive } = watch(device);
    const hs = await smallModel(device);
    const running = hs.invert(PHOTO, { steps: 2, onStep: ({ index }) => (index === 1 ? hs.dispose() : undefined) });
    await expect(running).rejects.toMatchObject({ code: 'device', message: /this model was disposed of/ });
    expect([...alive]).toEqual([]);
  });
});
