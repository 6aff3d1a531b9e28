/** A model that outlives its GPU, in Chrome: on the page and in a worker. Slow: everything is compiled again on each device. */
import { expect, it } from 'vitest';
import { type Loss, loadRecovering } from '../../src/index.ts';
import { smallWeights, testPicture } from '../pipeline/small-model.ts';

/** The browser's WebGPU, which keeps the devices that it gives. */
function watchedGpu(): { readonly gpu: GPU; readonly devices: GPUDevice[] } {
  const devices: GPUDevice[] = [];
  const requestAdapter = async (options?: GPURequestAdapterOptions): Promise<GPUAdapter | null> => {
    const adapter = await navigator.gpu.requestAdapter(options);
    if (!adapter) return null;
    const requestDevice = async (descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> => {
      const device = await adapter.requestDevice(descriptor);
      devices.push(device);
      return device;
    };
    return { features: adapter.features, limits: adapter.limits, info: adapter.info, requestDevice } as GPUAdapter;
  };
  return { gpu: { requestAdapter } as GPU, devices };
}

it('goes on after two losses with the same picture', async () => {
  const { gpu, devices } = watchedGpu();
  const losses: Loss[] = [];
  const hs = await loadRecovering(await smallWeights(), { gpu, onLost: (loss) => losses.push(loss) });
  const person = await hs.invert(testPicture(40, 40), { steps: 2 });
  await person.edit({ east: 1 });
  const { data } = await person.toImageData();
  for (const lost of [1, 2]) {
    devices.at(-1)?.destroy();
    expect((await person.toImageData()).data).toEqual(data);
    expect(devices).toHaveLength(lost + 1);
  }
  person.draw(document.createElement('canvas'));
  expect(losses.map(({ recovered }) => recovered)).toEqual([true, true]);
  hs.dispose();
}, 300_000);
