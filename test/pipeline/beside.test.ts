/**
 * What runs beside a model ends as it does, at once and by name: preflight, the face networks' loading, timers
 * and weights that are being prepared. Whatever stage is left in the middle leaves nothing allocated. On a
 * device that computes nothing.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Graph } from '../../src/graph/graph.ts';
import { HyperStyle } from '../../src/index.ts';
import { FaceFinder, type FaceSource } from '../../src/index-faces.ts';
import { pixelNorm } from '../../src/kernels/pixel-norm.ts';
import { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { deviceMemory } from '../../src/runtime/staged-memory.ts';
import { tensor } from '../../src/tensor.ts';
import { GpuTimer } from '../../src/tuning/timer.ts';
import { fakeDevice } from '../setup/fake-device.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LOST = { name: 'HyperStyleError', code: 'device', message: /the GPU was lost \(unknown: fell out\)/ };
const ABORTED = { name: 'HyperStyleError', code: 'aborted' };

/** Work on a device, which may be stopped. */
type Work = (device: GPUDevice, signal?: AbortSignal) => Promise<unknown>;

/** What is read of the shipped model before its weights, as a page picks it. */
async function picked(): Promise<File[]> {
  const folder = join(ROOT, 'models/clay-portraits-128');
  const names = (await readdir(folder)).filter((name) => /^(model\.json|directions.*\.safetensors)$/.test(name));
  return Promise.all(names.map(async (name) => new File([new Uint8Array(await readFile(join(folder, name)))], name)));
}

/** A `GPU` whose one device is given. */
const gpuOf = (device: GPUDevice): GPU =>
  ({
    requestAdapter: async () => ({
      features: new Set(),
      limits: device.limits,
      info: { description: 'fake' },
      requestDevice: async () => device,
    }),
  }) as unknown as GPU;

const faceFile = async (file: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(join(ROOT, 'node_modules/@vladmandic/human/models', file)));

const WORKS: readonly [string, Work][] = [
  ['preflight', async (device, signal) => HyperStyle.preflight(await picked(), { gpu: gpuOf(device), signal })],
  ['loading the face networks', (device, signal) => FaceFinder.load(faceFile, { device, signal })],
];

describe.each(WORKS)('%s', (_, work) => {
  /** How many times it waits for the GPU. */
  async function waits(): Promise<number> {
    let count = 0;
    await work(fakeDevice(() => void count++).device);
    return count;
  }

  /** Does something at the first, a middle and the last wait. */
  async function atSome(event: (n: number) => Promise<void>): Promise<void> {
    const last = (await waits()) - 1;
    expect(last).toBeGreaterThan(1);
    for (const n of new Set([0, last >> 1, last])) await event(n);
  }

  it('names the loss of its GPU', () =>
    atSome(async (n) => {
      let seen = 0;
      const fake = fakeDevice(() => {
        if (seen++ !== n) return;
        fake.lose('fell out');
        return new Promise(() => undefined);
      });
      await expect(work(fake.device), `wait ${n}`).rejects.toMatchObject(LOST);
    }));

  it('ends at once when it is stopped, and leaves nothing behind', () =>
    atSome(async (n) => {
      let seen = 0;
      let goOn = (): void => undefined;
      const stop = new AbortController();
      const fake = fakeDevice(() => {
        if (seen++ !== n) return;
        stop.abort();
        return new Promise<void>((resolve) => {
          goOn = resolve;
        });
      });
      await expect(work(fake.device, stop.signal), `wait ${n}`).rejects.toMatchObject(ABORTED);
      goOn(); // only now, so that the answer did not wait for it
      await vi.waitFor(() => expect(fake.live).toBe(0));
    }));
});

it('face models that never come are waited for only as long as there is somebody, and a GPU', async () => {
  const silent: FaceSource = () => new Promise(() => undefined);
  const stop = new AbortController();
  const stopped = FaceFinder.load(silent, { device: fakeDevice().device, signal: stop.signal });
  stop.abort();
  await expect(stopped).rejects.toMatchObject(ABORTED);
  const fake = fakeDevice();
  const lost = FaceFinder.load(silent, { device: fake.device });
  setTimeout(() => fake.lose('fell out'), 5);
  await expect(lost).rejects.toMatchObject(LOST);
});

it('a timer whose probes fail gives its buffers back', async () => {
  const failing = fakeDevice(
    (what) => (what === 'mapAsync' ? Promise.reject(new Error('no map')) : undefined),
    ['timestamp-query'],
  );
  const nothing = (encoder: GPUCommandEncoder): void => encoder.beginComputePass().end();
  await expect(GpuTimer.open(failing.device, nothing)).rejects.toThrow('no map');
  expect(failing.peak).toBeGreaterThan(0);
  expect(failing.live).toBe(0);
});

it('weights whose preparation fails give back what only that needed', async () => {
  let broken = false;
  const fake = fakeDevice((what) =>
    broken && what === 'onSubmittedWorkDone' ? Promise.reject(new Error('not done')) : undefined,
  );
  const buffers = new DeviceBuffers(fake.device);
  const memory = deviceMemory(buffers, new PipelineCache(fake.device));
  const prepare = new Graph('prepare');
  const [input, output] = [tensor('x', [1, 4]), tensor('y', [1, 4])];
  pixelNorm(prepare, { input, output });
  await memory.allocate([input, output]);
  const before = fake.live;
  broken = true;
  await expect(memory.run(prepare.nodes)).rejects.toThrow('not done');
  expect(fake.peak).toBeGreaterThan(before); // its uniforms were there
  expect(fake.live).toBe(before);
});
