/** GPU devices for tests, in Chrome. A missing GPU fails the test; it never skips it. */
import { onTestFinished } from 'vitest';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { compilingOnce, stacked } from './compiling-once.ts';

const SCOPES: readonly GPUErrorFilter[] = ['internal', 'out-of-memory', 'validation'];

async function requestDevice(requiredFeatures: readonly GPUFeatureName[]): Promise<GPUDevice> {
  if (!('gpu' in navigator)) throw new Error('no navigator.gpu: GPU tests need a browser with WebGPU');
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter: see README, "GPU tests"');
  return adapter.requestDevice({ label: 'test', requiredFeatures: [...requiredFeatures] });
}

/** Fails the running test on any error of the device; `finish` is called after it and told whether there were any. */
function watch(device: GPUDevice, finish: (failed: boolean) => void): void {
  const problems: string[] = [];
  let finished = false;
  const onError = (event: GPUUncapturedErrorEvent): number => problems.push(event.error.message);
  device.addEventListener('uncapturederror', onError);
  device.lost.then(({ reason, message }) => {
    if (!finished && reason !== 'destroyed') problems.push(`the device was lost (${reason}): ${message}`);
  });
  for (const scope of SCOPES) device.pushErrorScope(scope);
  onTestFinished(async () => {
    for (const _ of SCOPES) {
      const error = await device.popErrorScope().catch(() => null);
      if (error) problems.push(error.message);
    }
    finished = true;
    device.removeEventListener('uncapturederror', onError);
    finish(problems.length > 0);
    if (problems.length > 0) throw new Error(`GPU errors in this test: ${problems.join('; ')}`);
  });
}

/**
 * A device with WebGPU's *default* limits and the optional features asked for, for the running test only. Any
 * validation, out-of-memory or internal error, and a loss, fails the test; the device is destroyed after it.
 * @throws when there is no WebGPU, no adapter or no such feature
 */
export async function gpuDevice(requiredFeatures: readonly GPUFeatureName[] = []): Promise<GPUDevice> {
  const device = await requestDevice(requiredFeatures);
  watch(device, () => device.destroy());
  return device;
}

/** A device that tests share, and what has been compiled on it. */
export interface SharedDevice {
  readonly device: GPUDevice;
  readonly pipelines: PipelineCache;
}

/** Features of the device that tests share, if the adapter has them: those that the engine asks for, but half precision. */
const SHARED_FEATURES: readonly GPUFeatureName[] = ['subgroups', 'timestamp-query'];
/** Those that code finds there unless a test asks for others: measuring changes what an engine does. */
const SEEN_FEATURES: readonly GPUFeatureName[] = ['subgroups'];

let shared: Promise<GPUDevice> | undefined;

async function openShared(): Promise<GPUDevice> {
  const adapter = await navigator.gpu?.requestAdapter();
  const offered = (features: readonly GPUFeatureName[]) => features.filter((name) => adapter?.features.has(name));
  const device = compilingOnce(await requestDevice(offered(SHARED_FEATURES)));
  const features = { value: new Set(offered(SEEN_FEATURES)), writable: true, configurable: true };
  return Object.defineProperty(device, 'features', features);
}

/**
 * The device of all tests of a run, on which each pipeline is compiled once, since that takes long. A test in which something
 * goes wrong on it fails, and the next one gets another.
 * @param features of {@link SHARED_FEATURES} that code finds there instead of the usual ones; the device is then an object that
 * stands for it
 * @throws like {@link gpuDevice}
 */
export async function sharedDevice(features?: readonly GPUFeatureName[]): Promise<SharedDevice> {
  shared ??= openShared();
  const opened = shared;
  const whole = await opened;
  watch(whole, (failed) => {
    if (!failed || shared !== opened) return;
    shared = undefined;
    whole.destroy();
  });
  const unknown = features?.find((name) => !SHARED_FEATURES.includes(name));
  if (unknown) throw new Error(`tests share no device with ${unknown}: ask for gpuDevice(['${unknown}'])`);
  const device = features ? Object.assign(stacked(whole), { features: new Set(features) }) : whole;
  return { device, pipelines: PipelineCache.of(device) };
}

/**
 * The shared device as an object of the running test's own, whose methods it may replace; what lies beneath, and what
 * was compiled on it, is shared. Code takes it for another device. Not to be destroyed or lost. @throws like {@link
 * gpuDevice}
 */
export async function borrowedDevice(features?: readonly GPUFeatureName[]): Promise<GPUDevice> {
  const { device } = await sharedDevice(features);
  return stacked(device);
}
