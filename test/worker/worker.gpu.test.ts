/** The model that ships in a worker, in Chrome: the same interfaces, callbacks, aborts, errors and loss over messages. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HyperStyleError } from '../../src/index.ts';
import { loadInWorker, type RemoteModel } from '../../src/index-worker.ts';
import { serve } from '../../src/worker/server.ts';
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
  });
  afterAll(() => hs.dispose());

  it('is known as on the page, and told of while it loads', () => {
    expect(hs).toMatchObject({ name: 'clay-portraits-64', architecture: { size: 64 } });
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

  it('is stopped by a signal, and goes on after it', async () => {
    const controller = new AbortController();
    const onStep = (): void => controller.abort();
    const stopped = await failure(hs.invert(await portrait(), { steps: 50, signal: controller.signal, onStep }));
    expect(stopped).toMatchObject({ code: 'aborted' });
    expect(await failure(hs.invert(await portrait(), { signal: controller.signal }))).toMatchObject({
      code: 'aborted',
    });
    (await hs.invert(await portrait(), { steps: 0 })).dispose();
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

  it('serves several calls at once, and tells of a lost GPU', async () => {
    const { port1, port2 } = new MessageChannel();
    serve(port1);
    const devices: GPUDevice[] = [];
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error('no adapter');
    const request = GPUAdapter.prototype.requestDevice;
    const spy = vi.spyOn(GPUAdapter.prototype, 'requestDevice').mockImplementation(async function (
      this: GPUAdapter,
      ...given
    ) {
      const device = await request.apply(this, given);
      devices.push(device);
      return device;
    });
    const hs = await loadInWorker(SHIPPED_MODEL, { worker: port2 });
    spy.mockRestore();
    const all = await Promise.all([1, 2, 3].map((seed) => hs.generate({ seed })));
    const pixels = await Promise.all(all.map((picture) => picture.toImageData()));
    expect(new Set(pixels.map(({ data }) => data.join())).size).toBe(3);
    const { lost } = hs;
    const waiting = failure(hs.invert(await portrait(), { steps: 50 }));
    for (const device of devices) device.destroy();
    expect(await lost).toMatchObject({ reason: 'destroyed' });
    expect(await waiting).toMatchObject({ code: 'device' });
    expect(await failure(hs.generate({ seed: 1 }))).toMatchObject({ code: 'device' });
    await hs[Symbol.asyncDispose]();
    expect(() => all[0]?.dispose()).not.toThrow();
    port1.close();
  });
});
