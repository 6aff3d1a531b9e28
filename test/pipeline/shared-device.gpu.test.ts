/** One GPU device, two users, in Chrome: a renderer of the page's own and a model. Neither harms the other. */
import { expect, it } from 'vitest';
import { deviceDescriptor } from '../../src/api/device-descriptor.ts';
import { borrowedDevice } from '../setup/gpu.ts';
import { SHIPPED_MODEL } from './shipped-samples.ts';
import { smallModel, testPicture } from './small-model.ts';

/** The page's own work: clears a texture to a grey and reads a pixel of it. */
async function render(device: GPUDevice, grey: number): Promise<number> {
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  const texture = device.createTexture({ size: [1, 1], format: 'rgba8unorm', usage });
  const buffer = device.createBuffer({ size: 256, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.createCommandEncoder();
  const clearValue = [grey / 255, 0, 0, 1];
  const view = texture.createView();
  encoder.beginRenderPass({ colorAttachments: [{ view, clearValue, loadOp: 'clear', storeOp: 'store' }] }).end();
  encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: 256 }, [1, 1]);
  device.queue.submit([encoder.finish()]);
  await buffer.mapAsync(GPUMapMode.READ);
  const [value = -1] = new Uint8Array(buffer.getMappedRange());
  buffer.destroy();
  texture.destroy();
  return value;
}

it('works for both in turn and at once; dispose leaves it alive', async () => {
  const device = await borrowedDevice();
  const hs = await smallModel(device);
  const alone = await hs.invert(testPicture(40, 40), { steps: 1 });
  const expected = (await alone.toImageData()).data;
  const drawn: number[] = [];
  const together = await hs.invert(testPicture(40, 40), {
    steps: 1,
    onStep: async ({ index }) => void drawn.push(await render(device, 100 + index)),
  });
  const [{ data }, beside] = await Promise.all([together.toImageData(), render(device, 77)]);
  expect([drawn, beside]).toEqual([[100, 101], 77]);
  expect(data).toEqual(expected);
  hs.dispose();
  expect(await render(device, 200)).toBe(200);
  const again = await smallModel(device);
  const person = await again.invert(testPicture(40, 40), { steps: 1 });
  expect((await person.toImageData()).data).toEqual(expected);
  again.dispose();
});

it('is asked for with what a model needs', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no adapter');
  const asked = await deviceDescriptor(new URL(SHIPPED_MODEL, location.href), adapter);
  expect([...(asked.requiredFeatures ?? [])].filter((feature) => !adapter.features.has(feature))).toEqual([]);
  expect(asked.requiredLimits).toEqual({}); // the shipped model is small
  await expect(deviceDescriptor(SHIPPED_MODEL, {} as GPUAdapter)).rejects.toThrow(/expected a GPUAdapter/);
});
