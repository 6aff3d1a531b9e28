/** What is let go of: a device that outlives its models must not keep them, nor anything that came of them. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { syntheticSource } from '../../bench/suites/synthetic.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { HyperStyle } from '../../src/index.ts';
import { fakeDevice, passSelfTests } from '../setup/fake-device.ts';

passSelfTests();

const { architecture, widths } = fakeModel('tiny');
const PHOTO = { data: new Uint8ClampedArray(4 * 8 * 8), width: 8, height: 8 };

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Which of some things are still there after a while. */
async function survivors(refs: Readonly<Record<string, WeakRef<object>>>): Promise<string[]> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collectGarbage();
  }
  return Object.entries(refs).flatMap(([name, ref]) => (ref.deref() ? name : []));
}

/** Loads a model on a caller's device and uses it; nothing of it is returned but weakly. */
async function used(device: GPUDevice, signal: AbortSignal, end: 'dispose' | 'forget') {
  const hs = await HyperStyle.fromWeights(syntheticSource(architecture, widths), {
    device,
    signal,
    onWarning: () => undefined,
  });
  const inversion = await hs.invert(PHOTO, { steps: 1, signal });
  await inversion.edit({});
  const picture = await hs.generate();
  await picture.toImageData();
  const refs = { model: hs, engine: hs.engine, network: hs.engine.network, inversion, picture };
  if (end === 'dispose') hs.dispose();
  return Object.fromEntries(Object.entries(refs).map(([name, it]) => [name, new WeakRef(it)]));
}

it.each(['dispose', 'forget'] as const)('a caller’s device and signal keep nothing of a model: %s', async (end) => {
  const { device } = fakeDevice();
  const { signal } = new AbortController();
  const refs = await used(device, signal, end);
  expect(await survivors(refs)).toEqual([]);
  expect(device.limits).toBeDefined(); // both are still there
  expect(signal.aborted).toBe(false);
});

const codeOf = (failing: Promise<unknown>): Promise<unknown> =>
  failing.then(
    () => 'none',
    ({ code }) => code,
  );

it('a call that was stopped, or failed, keeps nothing of a model either', async () => {
  const { device } = fakeDevice();
  const stop = new AbortController();
  const failed = async () => {
    const hs = await HyperStyle.fromWeights(syntheticSource(architecture, widths), {
      device,
      onWarning: () => undefined,
    });
    const running = hs.invert(PHOTO, { signal: stop.signal, onStep: () => new Promise(() => undefined) });
    setTimeout(() => stop.abort(), 20);
    // not by `expect`, which keeps what it is given
    const codes = [await codeOf(running), await codeOf(hs.invert(PHOTO, { steps: -1 }))];
    if (codes.join() !== 'aborted,option') throw new Error(codes.join());
    return { model: new WeakRef<object>(hs), engine: new WeakRef<object>(hs.engine) };
  };
  expect(await survivors(await failed())).toEqual([]);
});
