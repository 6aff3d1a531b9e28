/** Latent optimisation and pivotal tuning through the public object, on the smallest model. */
import { expect, it } from 'vitest';
import {
  HyperStyle,
  type HyperStyleError,
  type Inversion,
  type PivotedPerson,
  type TuningError,
} from '../../src/index.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { borrowedDevice, sharedDevice } from '../setup/gpu.ts';
import { difference, smallModel, smallWeights, testPicture } from './small-model.ts';
import { watch } from './watch-device.ts';

/** Forward and backward of a generator compile some eighty pipelines, which takes a CPU adapter a while. */
const TIMEOUT_MS = 300_000;
/** Two runs of the same graphs with the same numbers. */
const SAME = 1e-5;
/** The same weights in another network's kernels. */
const EXPORTED = 1e-4;
/** A picture that has moved. */
const MOVED = 1e-3;
/** So high that steps show, so low that the loss falls. */
const RATE = 2e-3;

const photo = testPicture(64, 64);
const floats = async (person: PivotedPerson) => person.picture.toFloats();

/** The loss falls, the file brings the same picture back, edits and strength act, and go back. */
async function tunesAndKeeps(hs: HyperStyle): Promise<void> {
  const losses: number[] = [];
  const onProgress = ({ losses: { total = Number.NaN } }: { losses: Readonly<Record<string, number>> }) => {
    losses.push(total);
  };
  const loss = { l2: 1, gradient: 0.1 };
  const person = await hs.pivot(photo, { from: 'w', steps: 4, rate: RATE, loss, every: 2, onProgress });
  expect(losses.length).toBe(3);
  expect(losses[2]).toBeLessThan(losses[0] ?? 0);
  expect(person.ended).toBe('steps');
  const tuned = await floats(person);
  const restored = await hs.restorePivot(await person.identity());
  expect(difference(await floats(restored), tuned)).toBeLessThan(SAME);
  await person.edit({ east: 1 });
  expect(difference(await floats(person), tuned)).toBeGreaterThan(MOVED);
  await person.edit({}, { strength: 0 });
  const start = await hs.invert(photo, { steps: 0 });
  expect(difference(await floats(person), (await start.steps[0]?.picture.toFloats()) ?? [])).toBeLessThan(MOVED);
  await isExported(hs, person, start, tuned);
  await person.edit({});
  expect(difference(await floats(person), tuned)).toBeLessThan(SAME);
  await expect(person.edit({}, { strength: { fine: 1 } })).rejects.toThrow('expected one number');
  await expect(person.edit({}, { step: 1 })).rejects.toThrow('no steps of the hypernetwork');
  for (const one of [person, restored, start]) one.dispose();
}

/** The checkpoint of a tuned person shows the same picture of the same latents; without what moved it is the model's. */
async function isExported(
  hs: HyperStyle,
  person: PivotedPerson,
  start: Inversion,
  expected: Float32Array,
): Promise<void> {
  await hs.addDomain('tuned', bytesSource('tuned.pt', await hs.exchange.generator(person)));
  const shown = await start.in('tuned', { layers: [] });
  expect(difference(await shown.toFloats(), expected)).toBeLessThan(EXPORTED);
  shown.dispose();
  expect(await hs.exchange.generator(person, { strength: 0 })).toEqual(await hs.exchange.generator(start));
}

/** A person of HyperStyle is where tuning begins: the first picture is y_T. */
async function beginsAtAPerson(hs: HyperStyle): Promise<void> {
  const anna = await hs.invert(photo, { steps: 2 });
  let first: Float32Array = new Float32Array();
  const person = await hs.pivot(anna, {
    photo,
    steps: 1,
    rate: RATE,
    onProgress: async ({ step, picture }) => {
      if (step === 0) first = await picture.toFloats();
    },
  });
  expect(difference(first, (await anna.steps[2]?.picture.toFloats()) ?? [])).toBeLessThan(MOVED);
  anna.dispose();
  person.dispose();
}

/** What was saved after two steps and goes on for two more, at the rate that the model says, ends where four steps do. */
async function resumes(hs: HyperStyle): Promise<void> {
  const common = { from: 'w', steps: 4, rate: RATE, locality: { ball: 1 }, saveEvery: 2 } as const;
  const saved: Uint8Array[] = [];
  const whole = await hs.pivot(photo, { ...common, onSave: (bytes) => void saved.push(bytes) });
  const rest = await hs.pivot(photo, { ...common, rate: undefined, resume: saved[0] });
  expect(difference(await floats(rest), await floats(whole))).toBeLessThan(SAME);
  await expect(hs.pivot(photo, { resume: await whole.identity() })).rejects.toMatchObject({ code: 'file' });
  for (const one of [whole, rest]) one.dispose();
}

/** Too high a rate: the error says where, and brings the last good state. */
async function survivesNoNumber(hs: HyperStyle): Promise<void> {
  const error = await hs.pivot(photo, { from: 'w', steps: 3, rate: 1e30 }).then(
    () => undefined,
    (cause: TuningError) => cause,
  );
  expect(error).toMatchObject({ code: 'loss', steps: 0 });
  expect(error?.message).toMatch(/loss "(l2|total)" is .* after \d steps/);
  const good = await hs.restorePivot(error?.person ?? new Uint8Array());
  expect((await floats(good)).every(Number.isFinite)).toBe(true);
  good.dispose();
}

/** An abort is heard at once and leaves the model as it was; a stop keeps what there is. */
async function stops(hs: HyperStyle): Promise<void> {
  const abort = new AbortController();
  let at = 0;
  const onProgress = (): void => {
    at = performance.now();
    abort.abort();
  };
  const aborted = hs.pivot(photo, { from: 'w', steps: 50, every: 1, signal: abort.signal, onProgress });
  await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
  expect(performance.now() - at).toBeLessThan(50);
  const stop = new AbortController();
  const person = await hs.pivot(photo, {
    from: 'w',
    steps: 50,
    align: 'centre',
    stop: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(person).toMatchObject({ ended: 'stop', steps: [{ index: 1 }] }); // the step under way is done
  expect(await person.pasteInto(photo)).toMatchObject({ width: 64, height: 64 });
  person.dispose();
}

/** From the average towards the photo, in W and in W+; the result is a person like any other. */
async function optimises(hs: HyperStyle): Promise<void> {
  const totals: number[] = [];
  const options = { steps: 6, rate: 0.1, noise: 0, every: 6, side: 16, align: 'centre' } as const;
  const onProgress = ({ losses }: { losses: Readonly<Record<string, number>> }) => void totals.push(losses.total ?? 0);
  const anna = await hs.optimise(photo, { ...options, noiseWeight: 1, loss: { l2: 1 }, onProgress });
  expect(totals[1]).toBeLessThan(totals[0] ?? 0);
  expect(await anna.pasteInto(photo)).toMatchObject({ width: 64, height: 64 });
  const again = await hs.restore(await anna.identity());
  expect(difference(await again.picture.toFloats(), await anna.picture.toFloats())).toBeLessThan(SAME);
  const bert = await hs.optimise(photo, { ...options, space: 'w+', from: anna, steps: 1 });
  for (const one of [anna, again, bert]) one.dispose();
}

/** Every refusal comes before anything is computed. */
async function refuses(hs: HyperStyle): Promise<void> {
  const refused = async (options: Parameters<HyperStyle['pivot']>[1], code: HyperStyleError['code'], text: RegExp) => {
    await expect(hs.pivot(photo, options)).rejects.toMatchObject({ code, message: expect.stringMatching(text) });
  };
  await refused({ from: 'w', memory: 2 ** 20 }, 'memory', /needs \d+ MiB .* memory allows 1 MiB/);
  await refused({ from: 'w', loss: { lpips: 1 } }, 'option', /call addLpips/);
  await refused({ from: 'w', steps: 0 }, 'option', /steps is 0/);
  await refused({ from: 'w', align: 'middle' as 'auto' }, 'option', /align is/);
  await refused({ from: 'w', loss: { l2: 0 } }, 'option', /every loss/);
  await expect(hs.pivot(await hs.invert(photo, { steps: 0 }))).rejects.toMatchObject({ code: 'option' });
}

it('tunes, keeps, resumes, stops and refuses', { timeout: TIMEOUT_MS }, async () => {
  const { device } = await sharedDevice();
  const hs = await HyperStyle.fromWeights({ ...(await smallWeights()), tuningRate: RATE }, { device });
  await refuses(hs);
  await tunesAndKeeps(hs);
  await beginsAtAPerson(hs);
  await resumes(hs);
  await survivesNoNumber(hs);
  await stops(hs);
  await optimises(hs);
  const other = await HyperStyle.fromWeights(await smallWeights('pipeline-perchannel-torgb'), { device });
  const stranger = await other.invert(photo, { steps: 0 });
  await expect(hs.pivot(photo, { from: stranger })).rejects.toMatchObject({ code: 'model' });
  await expect(hs.mix([{ person: stranger, weight: 1 }])).rejects.toMatchObject({ code: 'model' });
  await expect(hs.exchange.generator(stranger)).rejects.toMatchObject({ code: 'model' });
  other.dispose();
  hs.dispose();
});

it('makes nothing new the second time, and leaves nothing', { timeout: TIMEOUT_MS }, async () => {
  const device = await borrowedDevice();
  const { made, alive } = watch(device);
  const hs = await smallModel(device);
  const run = async (): Promise<void> => {
    (await hs.pivot(photo, { from: 'w', steps: 1, every: 1, onProgress: () => undefined })).dispose();
  };
  await run();
  const before = { ...made };
  await run();
  expect(made).toEqual(before);
  hs.dispose();
  expect([...alive]).toEqual([]);
});
