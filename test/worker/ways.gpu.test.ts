/** What a model promises when it is loaded, stopped and lost, on the page and in a worker: one test for both. */
import { beforeAll, describe, expect, it } from 'vitest';
import { HyperStyleError, type InvertOptions, type Loss, type PictureSource } from '../../src/index.ts';
import { goldenFile, latentEncoderFor, testPicture } from '../pipeline/small-model.ts';
import { losableDevices, RECOVERING_WAYS, sharedObjects, smallFolder, WAYS } from './ways.ts';

const PHOTO = testPicture(20, 20);
const LOST = { code: 'device', message: expect.stringMatching(/the GPU was lost \(destroyed.*load the model again/) };

let files: readonly File[] = [];
beforeAll(async () => {
  files = await smallFolder();
});

const BAD: readonly [InvertOptions, PictureSource, string, RegExp][] = [
  [{ steps: -1 }, PHOTO, 'option', /steps is -1/],
  [{ steps: 1.5 }, PHOTO, 'option', /steps is 1.5/],
  [{}, { data: new Uint8Array(), width: 0, height: 0 }, 'image', /0×0/],
  [{}, { data: new Uint8Array(4), width: 20000, height: 20000 }, 'image', /4 bytes.*20000×20000/],
  [{}, { data: new Uint8Array(12), width: 2, height: 2 }, 'image', /12 bytes.*16/],
];

describe.each(WAYS)('a model %s', (_, load, devices) => {
  it('refuses bad input by name, reports steps, stops between them and goes on', async () => {
    const alive = await sharedObjects();
    const hs = await load(files);
    for (const [options, picture, code, message] of BAD) {
      const error = await hs.invert(picture, options).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(HyperStyleError);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    }
    const stop = new AbortController();
    const seen: number[] = [];
    const running = hs.invert(PHOTO, {
      steps: 4,
      signal: stop.signal,
      onStep: ({ index, l2 }) => {
        expect(l2).toBeGreaterThan(0);
        seen.push(index);
        if (index === 1) stop.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(seen).toEqual([0, 1]);
    await expect(hs.invert(PHOTO, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
    const person = await hs.invert(PHOTO, { steps: 1 });
    expect(person.steps).toHaveLength(2);
    person.dispose();
    hs.dispose();
    await expect(hs.invert(PHOTO)).rejects.toMatchObject({ code: 'device' });
    await expect.poll(() => alive.map((objects) => [...objects])).toEqual([[]]);
  });

  it('takes ReStyle-e4e, whose latents of a photo another domain shows, and e4e, with whose latents it begins', async () => {
    const alive = await sharedObjects();
    const hs = await load(files);
    await hs.addDomain('twin', await goldenFile('pipeline-faces.hyperstyle.pt'));
    await hs.addRestyle(await latentEncoderFor('restyle', hs.architecture), { steps: 1 });
    const person = await hs.invert(PHOTO, { steps: 1 });
    const { base, restyled = new Float32Array() } = await person.values();
    expect(restyled).toHaveLength(base.length);
    expect(restyled).not.toEqual(base);
    const shown = async (latents?: Float32Array) => (await person.in('twin', { latents })).toFloats();
    const byRestyle = await shown();
    expect(await shown(restyled)).toEqual(byRestyle);
    expect(await shown(base)).not.toEqual(byRestyle);
    const again = await hs.restore(await person.identity());
    expect((await again.values()).restyled).toEqual(restyled);
    const wrong = await latentEncoderFor('restyle', { ...hs.architecture, styleDim: 12 });
    const message = expect.stringMatching(/restyle\.pt: /);
    await expect(hs.addRestyle(wrong)).rejects.toMatchObject({ code: 'tensor', message });
    const options = { encoder: 'e4e', steps: 0 } as const;
    await expect(hs.invert(PHOTO, options)).rejects.toMatchObject({
      code: 'option',
      message: expect.stringMatching(/call addE4e/),
    });
    await hs.addE4e(await latentEncoderFor('e4e', hs.architecture));
    const byE4e = (await (await hs.invert(PHOTO, options)).values()).base;
    const { styleDim } = hs.architecture;
    expect(byE4e).toHaveLength(base.length);
    expect(byE4e.subarray(0, styleDim)).not.toEqual(byE4e.subarray(styleDim, 2 * styleDim));
    hs.dispose();
    await expect.poll(() => alive.map((objects) => [...objects])).toEqual([[]]);
  });

  it('frees everything when a file is missing or its load is stopped', async () => {
    const alive = await sharedObjects();
    const manifest = files.filter(({ name }) => name === 'model.json');
    await expect(load(manifest)).rejects.toMatchObject({ code: 'file', message: /shard-000/ });
    await expect(load([])).rejects.toMatchObject({ code: expect.stringMatching(/file|option/) });
    for (const kind of ['at once', 'while files are read']) {
      const stop = new AbortController();
      const onProgress = kind === 'at once' ? undefined : () => stop.abort();
      const loading = load(files, { signal: stop.signal, onProgress });
      if (!onProgress) stop.abort();
      await expect(loading, kind).rejects.toMatchObject({ code: 'aborted' });
    }
    await expect.poll(() => alive.flatMap((objects) => [...objects])).toEqual([]);
  });

  it('whose GPU is lost says so to whoever loads, waits or calls', async () => {
    const lose = await devices();
    await expect(load(files, { onProgress: lose })).rejects.toMatchObject(LOST);
    const hs = await load(files);
    let queued: Promise<unknown> | undefined;
    const onStep = (): void => {
      queued ??= hs.generate({ seed: 1 }).catch((error: unknown) => error);
      lose();
    };
    await expect(hs.invert(PHOTO, { steps: 4, onStep })).rejects.toMatchObject(LOST);
    expect(await queued).toMatchObject({ code: 'device' });
    expect(await hs.lost).toMatchObject({ reason: 'destroyed' });
    await expect(hs.generate({ seed: 1 })).rejects.toMatchObject({ code: 'device' });
    hs.dispose();
  });
});

describe.each(RECOVERING_WAYS)('a recovering model %s', (_, load) => {
  it('goes on after a loss with everybody in it, and says when it is given up', async () => {
    const lose = await losableDevices();
    const losses: Loss[] = [];
    const hs = await load(files, 1, (loss) => losses.push(loss));
    let ended: unknown;
    hs.lost.then((info) => {
      ended = info;
    });
    const [anna, bert] = [await hs.invert(PHOTO, { steps: 1 }), await hs.invert(testPicture(16, 16), { steps: 2 })];
    await bert.show({ strength: 0.5 });
    const before = [await anna.toImageData(), await bert.toImageData()];
    expect(before[0]).not.toEqual(before[1]);
    const waiting = hs.generate({ seed: 1 });
    lose();
    (await waiting).dispose();
    expect([await anna.toImageData(), await bert.toImageData()]).toEqual(before);
    expect(losses).toMatchObject([{ reason: 'destroyed', recovered: true, attempts: 1 }]);
    using mixed = await hs.mix([anna, bert].map((person) => ({ person, weight: 0.5 })));
    await bert.show({});
    expect(await bert.picture.toImageData()).not.toEqual(before[1]);
    expect([mixed.steps.length, ended]).toEqual([1, undefined]);
    lose();
    await expect(bert.toImageData()).rejects.toMatchObject({ code: 'device' });
    expect(losses).toMatchObject([{}, { recovered: false }]);
    await expect.poll(() => ended).toMatchObject({ reason: 'destroyed' });
    hs.dispose();
  });
});
