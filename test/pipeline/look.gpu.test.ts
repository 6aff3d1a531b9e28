/** A person as the caller wants to see them: strength, StyleSpace, plain values, without the hypernetwork; errors read once. */
import { expect, it, vi } from 'vitest';
import type { Inversion, Look } from '../../src/index.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { difference, smallModel, testPicture } from './small-model.ts';

async function shown(person: Inversion, look: Look): Promise<Float32Array> {
  await person.show(look);
  return person.picture.toFloats();
}

it('is shown with any strength and any styles, the same from plain values, and as inverted again', async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const person = await hs.invert(testPicture(40, 40), { steps: 2 });
  const [y0, y2] = [await person.steps[0]?.picture.toFloats(), await person.picture.toFloats()];
  const refine = vi.spyOn(hs.engine, 'run');
  expect(difference(await shown(person, { strength: 0 }), y0 ?? [])).toBeLessThan(1e-4);
  const coarse: Look = { strength: (layer) => (layer < 4 ? 1 : 0.5) };
  const half = await shown(person, coarse);
  expect(Math.min(difference(half, y2), difference(half, y0 ?? []))).toBeGreaterThan(1e-4);
  expect(difference(await shown(person, {}), y2)).toBe(0);
  const { styles } = hs.engine.network.state;
  const late = new Float32Array(styles.shape[0] ?? 0).fill(1, -4);
  const moved = await shown(person, { styleOffset: late });
  expect(difference(moved, y2)).toBeGreaterThan(1e-4);
  hs.engine.show(); // all layers: what a late start has left out changes nothing
  expect(difference(await hs.engine.read(hs.engine.network.state.y), moved)).toBe(0);
  const twin = await hs.restore(await person.values());
  expect(difference(await shown(twin, coarse), half)).toBe(0);
  expect(refine.mock.calls.flat()).not.toContain('refine');
  await expect(person.show({ strength: Number.NaN })).rejects.toThrow(/strength of layer 0 is NaN/);
  await expect(person.show({ offset: new Float32Array(3) })).rejects.toThrow(
    /offset is Float32Array, expected a Float32Array of/,
  );
  const values = await person.values();
  await expect(hs.restore({ ...values, base: new Float32Array(1) })).rejects.toThrow(/a person's "codes"/);
});

it('reads errors once, at the end, when nobody listens', async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const reads = vi.spyOn(hs.engine.runtime.readback, 'bytes');
  const quiet = await hs.invert(testPicture(40, 40), { steps: 2 });
  expect(reads.mock.calls.length).toBe(1);
  const heard: number[] = [];
  await hs.invert(testPicture(40, 40), { steps: 2, onStep: ({ l2 }) => void heard.push(l2) });
  expect(reads.mock.calls.length).toBe(1 + 3);
  expect(quiet.steps.map(({ l2 }) => l2)).toEqual(heard);
  expect(heard.every((l2) => l2 > 0)).toBe(true);
});

it('is the same after every kernel was timed', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  const clock = adapter?.features.has('timestamp-query') ? (['timestamp-query'] as const) : [];
  const { device } = await sharedDevice(clock);
  const hs = await smallModel(device);
  const person = await hs.invert(testPicture(40, 40), { steps: 1 });
  const before = await shown(person, { strength: 0.5 });
  const timings = await hs.timings();
  expect(timings === null).toBe(!device.features.has('timestamp-query'));
  expect(new Set(timings?.map(({ graph }) => graph) ?? ['synthesize'])).toContain('synthesize');
  for (const { microseconds } of timings ?? []) expect(microseconds).toBeGreaterThanOrEqual(0);
  expect(difference(await shown(person, { strength: 0.5 }), before)).toBe(0);
});
