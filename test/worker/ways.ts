/** The two ways in which a page has a model, on its own thread and in a worker, for tests of what both promise. */
import { onTestFinished, vi } from 'vitest';
import {
  convertCheckpoint,
  HyperStyle,
  type LoadOptions,
  type Loss,
  loadRecovering,
  type Model,
} from '../../src/index.ts';
import { loadInWorker, type WorkerOptions } from '../../src/index-worker.ts';
import { serve } from '../../src/worker/server.ts';
import { goldenFile } from '../pipeline/small-model.ts';
import { watch } from '../pipeline/watch-device.ts';
import { borrowedDevice, sharedDevice } from '../setup/gpu.ts';

/** Options that a worker takes as well. */
type Options = Omit<LoadOptions, 'device' | 'gpu'>;

/** What models of both ways have beside {@link Model}. */
type Losable = Model & { readonly lost: Promise<object> };

/** Opens a model from the files of its folder. */
export type Way = (files: readonly File[], options?: Options) => Promise<Losable>;

/** Opens one that is opened again so many times when its GPU is lost. */
export type RecoveringWay = (
  files: readonly File[],
  attempts: number,
  onLost: (loss: Loss) => void,
) => Promise<Losable>;

/** The worker's side listens on this thread, behind a channel: its GPU devices can be watched and lost by the test. */
const inWorker = (files: readonly File[], options: Omit<WorkerOptions, 'worker'> = {}): Promise<Losable> => {
  const { port1, port2 } = new MessageChannel();
  serve(port1);
  onTestFinished(() => port1.close());
  return loadInWorker(files, { ...options, worker: port2 });
};

/** Gives models devices to lose until the running test ends. @returns loses the newest */
type Devices = () => Promise<() => void>;

/** Each with the devices that it is tried on: a real loss once, since all is compiled again for it. */
export const WAYS: readonly (readonly [string, Way, Devices])[] = [
  ['on the page', (files, options) => HyperStyle.load(files, options), ownDevices],
  ['in a worker', inWorker, losableDevices],
];

export const RECOVERING_WAYS: readonly (readonly [string, RecoveringWay])[] = [
  ['on the page', (files, attempts, onLost) => loadRecovering(files, { attempts, onLost })],
  ['in a worker', (files, attempts, onLost) => inWorker(files, { recover: attempts, onLost })],
];

/** The smallest whole model as the files of a folder. */
export async function smallFolder(): Promise<readonly File[]> {
  const kept: File[] = [];
  const write = async (file: string, bytes: BlobPart): Promise<void> => void kept.push(new File([bytes], file));
  const parts = ['hyperstyle', 'w_encoder'].map((part) => goldenFile(`pipeline-faces.${part}.pt`));
  await convertCheckpoint(await Promise.all(parts), { name: 'small', write });
  return kept;
}

/** Answers each request for a device, until the running test ends, with what `give` makes of the request. */
function answerRequests(give: (request: () => Promise<GPUDevice>) => Promise<GPUDevice>): void {
  const request = GPUAdapter.prototype.requestDevice;
  const spy = vi.spyOn(GPUAdapter.prototype, 'requestDevice').mockImplementation(function (this: GPUAdapter, ...given) {
    return give(() => request.apply(this, given));
  });
  onTestFinished(() => spy.mockRestore());
}

/** Models get devices of their own. @returns loses the newest */
async function ownDevices(): Promise<() => void> {
  const devices: GPUDevice[] = [];
  answerRequests(async (request) => {
    const device = await request();
    devices.push(device);
    return device;
  });
  return () => devices.at(-1)?.destroy();
}

/** Models get the device that tests share, which outlives them; what of theirs is alive on it, an entry a model. */
export async function sharedObjects(): Promise<readonly ReadonlySet<string>[]> {
  await sharedDevice(); // opened before requests are answered by it
  const objects: ReadonlySet<string>[] = [];
  answerRequests(async () => {
    const device = Object.assign(await borrowedDevice(), { destroy: () => undefined });
    objects.push(watch(device).alive);
    return device;
  });
  return objects;
}

/**
 * Models get devices that lie on the one that tests share, and can be lost without it: nothing is compiled again. What a
 * lost one made is destroyed, so that a command which still uses it fails the running test.
 * @returns loses the newest
 */
export async function losableDevices(): Promise<() => void> {
  await sharedDevice(); // opened before requests are answered by it
  let loseNewest = (): void => undefined;
  answerRequests(async () => {
    const device = await borrowedDevice();
    const made: (GPUBuffer | GPUTexture)[] = [];
    const keep = <T extends GPUBuffer | GPUTexture>(object: T): T => {
      made.push(object);
      return object;
    };
    const [createBuffer, createTexture] = [device.createBuffer, device.createTexture];
    let tell: (info: GPUDeviceLostInfo) => void = () => undefined;
    const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
      tell = resolve;
    });
    loseNewest = () => {
      for (const object of made) object.destroy();
      tell({ reason: 'destroyed', message: 'by a test' } as GPUDeviceLostInfo);
    };
    return Object.assign(device, {
      lost,
      destroy: loseNewest,
      createBuffer: (descriptor: GPUBufferDescriptor) => keep(createBuffer(descriptor)),
      createTexture: (descriptor: GPUTextureDescriptor) => keep(createTexture(descriptor)),
    });
  });
  return () => loseNewest();
}
