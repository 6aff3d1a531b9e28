/** A fresh GPU device for one test, in Chrome. A missing GPU fails the test; it never skips it. */
import { onTestFinished } from 'vitest';

const SCOPES: readonly GPUErrorFilter[] = ['internal', 'out-of-memory', 'validation'];

/**
 * A device with WebGPU's *default* limits and the optional features asked for, for the running test only. Any validation, out-of-memory
 * or internal error, and a loss, fails the test; the device is destroyed after it.
 * @throws when there is no WebGPU, no adapter or no such feature
 */
export async function gpuDevice(requiredFeatures: GPUFeatureName[] = []): Promise<GPUDevice> {
  if (!('gpu' in navigator)) throw new Error('no navigator.gpu: GPU tests need a browser with WebGPU');
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter: see README, "GPU tests"');
  const device = await adapter.requestDevice({ label: 'test', requiredFeatures });
  const problems: string[] = [];
  let finished = false;
  device.addEventListener('uncapturederror', (event) => problems.push(event.error.message));
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
    device.destroy();
    if (problems.length > 0) throw new Error(`GPU errors in this test: ${problems.join('; ')}`);
  });
  return device;
}
