/** The model that ships in a worker, in Chrome: the same interfaces, callbacks, aborts, errors and loss over messages. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { saveDirections } from '../../src/editing/saved-directions.ts';
import { type FrameProgress, HyperStyleError } from '../../src/index.ts';
import {
  loadInWorker,
  type PersonValues,
  type Picture,
  type RemoteModel,
  type RemotePerson,
} from '../../src/index-worker.ts';
import { SHIPPED_MODEL } from '../pipeline/shipped-samples.ts';

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing',
    (error: unknown) => error,
  );

async function portrait(index = 0): Promise<Blob> {
  return (await fetch(`${SHIPPED_MODEL}samples/portrait-${index}.png`)).blob();
}

describe('a model in a worker of its own', () => {
  let hs: RemoteModel;
  let loaded = 0;
  beforeAll(async () => {
    hs = await loadInWorker(SHIPPED_MODEL, {
      onProgress: ({ loadedBytes }) => {
        loaded = loadedBytes;
      },
    });
  }, 120_000);
  afterAll(() => hs?.dispose());

  it('is known as on the page, and told of while it loads', () => {
    expect(hs).toMatchObject({ name: 'clay-portraits-128', architecture: { size: 128 } });
    expect(hs.directions).toContain('smile');
    expect(loaded).toBeGreaterThan(1e6);
  });

  it('inverts, waits for onStep, edits, draws into a canvas of the page, and restores', async () => {
    const { mse } = await (await fetch(`${SHIPPED_MODEL}samples/expected.json`)).json();
    const order: string[] = [];
    const person = await hs.invert(await portrait(), {
      steps: 1,
      onStep: async ({ index, picture }) => {
        order.push(`begin ${index}`);
        expect((await picture.toImageData()).width).toBe(hs.architecture.size);
        order.push(`end ${index}`);
      },
    });
    expect(order).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1']);
    for (const [i, { l2 }] of person.steps.entries()) expect(Math.abs(l2 / mse[i][0] - 1)).toBeLessThan(0.01);
    expect(person.picture).toBe(person.steps[1]?.picture);
    const plain = await person.toImageData();
    await person.edit({ smile: 2 });
    const edited = await person.toImageData();
    expect(edited.data).not.toEqual(plain.data);
    const canvas = document.createElement('canvas');
    person.draw(canvas);
    const { size } = hs.architecture;
    await vi.waitFor(async () => {
      const context = new OffscreenCanvas(size, size).getContext('2d');
      context?.drawImage(canvas, 0, 0);
      expect(context?.getImageData(0, 0, size, size).data).toEqual(edited.data);
    }, 20_000);
    await person.show({ strength: (layer) => (layer < 0 ? 0 : 1) });
    expect((await person.toImageData()).data).toEqual(plain.data);
    const again = await hs.restore(await person.identity());
    expect((await again.toImageData()).data).toEqual(plain.data);
    for (const made of [person, again]) made.dispose();
    expect(() => person.steps[0]?.picture.draw(canvas)).toThrow(/picture was disposed of/);
    expect(await failure(person.toImageData())).toMatchObject({ code: 'option' });
  });

  it('mixes people, adds sliders and domains, and shows people there', async () => {
    const [anna, bert] = await Promise.all([0, 1].map(async (n) => hs.invert(await portrait(n), { steps: 1 })));
    const half = [anna, bert].map((person) => ({ person: person as RemotePerson, weight: 0.5 }));
    using mixed = await hs.mix(half);
    const mean = (people: readonly PersonValues[]) => people.map(({ base }) => base[0] ?? Number.NaN);
    const [a = 0, b = 0] = mean(await Promise.all(half.map(({ person }) => person.values())));
    expect((await mixed.values()).base[0]).toBeCloseTo((a + b) / 2, 5);
    expect(await failure(hs.mix([{ person: {} as RemotePerson, weight: 1 }]))).toMatchObject({
      code: 'option',
      message: expect.stringMatching(/mix: person 0 is .*expected a person of this model/),
    });
    const values = new Float32Array(hs.architecture.styleDim).fill(0.3);
    const slider = new File([saveDirections([{ name: 'east', kind: 'latent', vectors: 1, values }])], 'e.safetensors');
    expect(await hs.addDirections([slider])).toEqual(['east']);
    expect(hs.directions).toContain('east');
    expect(await failure(hs.addDirections([slider]))).toMatchObject({
      message: expect.stringMatching(/exists already/),
    });
    await mixed.edit({ east: 1 });
    expect(hs.domains).toContain('bronze');
    using bronze = await mixed.in('bronze', { edits: { east: 1 } });
    expect((await bronze.toImageData()).data).not.toEqual((await mixed.toImageData()).data);
    const refused = failure(hs.addDomain('bronze', new File(['none'], 'g.pt')));
    expect(await refused).toMatchObject({ code: 'option', message: expect.stringMatching(/exists already/) });
    expect(await failure(hs.addDomain('clay', new File(['none'], 'g.pt')))).toMatchObject({ code: 'file' });
    expect(await failure(hs.addRestyle(new File(['none'], 'r.pt')))).toMatchObject({
      code: 'file',
      message: expect.stringMatching(/^r\.pt: /),
    });
    expect(await failure(hs.addE4e(new File(['none'], 'e.pt')))).toMatchObject({
      code: 'file',
      message: expect.stringMatching(/^e\.pt: /),
    });
    expect(await failure(hs.invert(await portrait(), { encoder: 'e4e' }))).toMatchObject({
      code: 'option',
      message: expect.stringMatching(/has not been added to this model: call addE4e/),
    });
    for (const person of [anna, bert]) person?.dispose();
    expect(await failure(hs.mix(half))).toMatchObject({ message: expect.stringMatching(/was disposed of/) });
  });

  it('animates: frames one by one, stopped in the middle, played, and as a file', async () => {
    using anna = await hs.invert(await portrait(), { steps: 1 });
    const keyframes = [
      { at: 0, people: anna, edits: { smile: 0 }, easing: (t: number) => t * t },
      { at: 2, edits: { smile: 2 } },
    ];
    using animation = await hs.animate({ keyframes, fps: 60 });
    expect(animation).toMatchObject({ frames: 3, fps: 60, loop: false, width: anna.width });
    await anna.edit({ smile: 0.5 }); // what the curve comes to half-way
    const wanted = await anna.toImageData();
    expect(await (await animation.frame(1)).toImageData()).toEqual(wanted);
    const [controller, done]: [AbortController, number[]] = [new AbortController(), []];
    const run = async (): Promise<void> => {
      const options = { signal: controller.signal, onProgress: (progress: FrameProgress) => done.push(progress.done) };
      for await (const { index, data } of animation.stream(options)) {
        expect(data.length).toBe(4 * anna.width * anna.height);
        if (index === 1) controller.abort();
      }
    };
    expect(await failure(run())).toMatchObject({ code: 'aborted' });
    expect(done).toEqual([1, 2]);
    const shown: number[] = [];
    const screen = (picture: Picture) => expect(picture).toBe(animation.picture);
    await animation.play(screen, { onFrame: (index) => shown.push(index) });
    expect(shown.at(-1)).toBe(2);
    await animation.play(document.createElement('canvas'));
    const video = await animation.toVideo({ format: 'webm', onProgress: ({ done: at }) => done.push(at) });
    expect(video.type).toBe('video/webm');
    expect([...new Uint8Array(await video.slice(0, 4).arrayBuffer())]).toEqual([0x1a, 0x45, 0xdf, 0xa3]);
    expect(done.at(-1)).toBe(3);
    const gif = await animation.toGif({ compose: ({ data, width, height }) => ({ data, width, height }) });
    expect(await gif.slice(0, 6).text()).toBe('GIF89a');
    const own = new RangeError('mine');
    const compose = (): never => {
      throw own;
    };
    expect(await failure(animation.toGif({ compose }))).toBe(own);
    expect(await failure(animation.frame(3))).toMatchObject({ message: expect.stringMatching(/frames 0 to 2/) });
    expect(await failure(hs.animate({ keyframes: [] }))).toMatchObject({ code: 'option' });
    animation.dispose();
    expect(await failure(animation.frame(0))).toMatchObject({ message: expect.stringMatching(/was disposed of/) });
  });

  it('loops over steps; leaving the loop stops the inversion', async () => {
    const seen: number[] = [];
    for await (const { index } of hs.steps(await portrait(), { steps: 100 })) {
      seen.push(index);
      if (index === 1) break;
    }
    expect(seen).toEqual([0, 1]);
    const steps = hs.steps(await portrait(), { steps: 0 });
    for await (const { index } of steps) seen.push(index);
    expect(seen).toEqual([0, 1, 0]);
    using person = await steps.person;
    expect(person.steps).toHaveLength(1);
  });

  it('serves several calls at once', async () => {
    const all = await Promise.all([1, 2, 3].map((seed) => hs.generate({ seed })));
    const pixels = await Promise.all(all.map((picture) => picture.toImageData()));
    expect(new Set(pixels.map(({ data }) => data.join())).size).toBe(3);
    for (const picture of all) picture.dispose();
  });

  it('fails with the class and the code of the error, and with what a function of the page threw', async () => {
    const bad = await failure(hs.invert(new Blob(['no picture'], { type: 'image/png' })));
    expect(bad).toBeInstanceOf(HyperStyleError);
    expect(bad).toMatchObject({ code: 'image', message: expect.stringMatching(/cannot be decoded/) });
    expect(await failure(hs.invert('a.png' as unknown as Blob))).toMatchObject({ code: 'image' });
    expect(await failure(hs.invert(await portrait(), { steps: 101 }))).toMatchObject({ code: 'option' });
    expect(await failure(hs.restore(Uint8Array.of(1, 2, 3)))).toMatchObject({ code: 'file' });
    const own = new RangeError('mine');
    const thrower = (): never => {
      throw own;
    };
    expect(await failure(hs.invert(await portrait(), { steps: 0, onStep: thrower }))).toBe(own);
    const picture = await hs.generate({ seed: 3 });
    const taken = document.createElement('canvas');
    taken.getContext('2d');
    expect(() => picture.draw(taken)).toThrow(/without a context, or use toImageData/);
    expect(() => picture.draw({} as HTMLCanvasElement)).toThrow(/expected a canvas element/);
    picture.dispose();
  });

  it('that was disposed of says so, and its worker ends', async () => {
    const lost = hs.lost;
    hs.dispose();
    expect(await lost).toMatchObject({ reason: 'destroyed' });
    expect(await failure(hs.generate({ seed: 1 }))).toMatchObject({ code: 'device' });
  });
});

describe('a worker', () => {
  it('that cannot be started is a device error, a load that is stopped an abort', async () => {
    const worker = new Worker('/no/such/worker.js', { type: 'module' });
    expect(await failure(loadInWorker(SHIPPED_MODEL, { worker }))).toMatchObject({ code: 'device' });
    worker.terminate();
    const signal = AbortSignal.timeout(1);
    await vi.waitFor(() => expect(signal.aborted).toBe(true));
    expect(await failure(loadInWorker(SHIPPED_MODEL, { signal }))).toMatchObject({ code: 'aborted' });
  });

  it('that is terminated ends what waits for it', async () => {
    const worker = new Worker(new URL('../../src/worker/thread.ts', import.meta.url), { type: 'module' });
    expect(await failure(loadInWorker('/no/such/model/', { worker }))).toMatchObject({
      code: expect.stringMatching(/file|network/),
    });
    const loading = loadInWorker(SHIPPED_MODEL, { worker, onProgress: () => worker.terminate() });
    const message = expect.stringMatching(/worker was terminated/);
    expect(await failure(loading)).toMatchObject({ code: 'device', message });
    expect(await failure(loadInWorker(SHIPPED_MODEL, { worker }))).toMatchObject({ code: 'device', message });
  });
});
