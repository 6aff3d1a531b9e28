/** GPU devices for tests, in Chrome. A missing GPU fails the test; it never skips it. */
import { onTestFinished } from 'vitest';
import { PipelineCache } from '../../src/runtime/pipelines.ts';

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
 * A device with WebGPU's *default* limits and the optional features asked for, for the running test only. Any validation, out-of-memory
 * or internal error, and a loss, fails the test; the device is destroyed after it.
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

const shared = new Map<string, Promise<SharedDevice>>();

/**
 * The device of all tests of a file that need the same features, so that each shader is compiled once. A test in which something
 * goes wrong on it fails, and the next one gets another. @throws like {@link gpuDevice}
 */
export async function sharedDevice(features: readonly GPUFeatureName[] = []): Promise<SharedDevice> {
  const key = [...features].sort().join();
  const found = shared.get(key) ?? requestDevice(features).then((d) => ({ device: d, pipelines: PipelineCache.of(d) }));
  shared.set(key, found);
  const made = await found;
  watch(made.device, (failed) => {
    if (!failed) return;
    shared.delete(key);
    made.device.destroy();
  });
  return made;
}
