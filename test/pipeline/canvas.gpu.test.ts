/** One canvas for several models and for the page itself: each draws with its own device. */
import { expect, it } from 'vitest';
import { type Canvas, canvasTexture } from '../../src/api/canvas.ts';
import { gpuDevice } from '../setup/gpu.ts';

/** Fills the canvas with a colour on a device, and reads the middle back. */
async function filled(canvas: OffscreenCanvas, device: GPUDevice, red: number): Promise<number> {
  const texture = canvasTexture(canvas, device, { width: 8, height: 6 });
  const encoder = device.createCommandEncoder({ label: 'fill' });
  const clearValue = [red / 255, 0, 0, 1];
  const attachment = { view: texture.createView(), loadOp: 'clear', storeOp: 'store', clearValue } as const;
  encoder.beginRenderPass({ colorAttachments: [attachment] }).end();
  device.queue.submit([encoder.finish()]);
  const copy = new OffscreenCanvas(8, 6).getContext('2d');
  copy?.drawImage(canvas, 0, 0);
  return copy?.getImageData(4, 3, 1, 1).data[0] ?? Number.NaN;
}

it('a canvas follows whoever draws', async () => {
  const [first, second] = [await gpuDevice(), await gpuDevice()];
  const canvas = new OffscreenCanvas(1, 1);
  expect(await filled(canvas, first, 10)).toBe(10);
  expect(await filled(canvas, second, 200)).toBe(200);
  expect(await filled(canvas, first, 30)).toBe(30);
  const own = canvas.getContext('webgpu') as GPUCanvasContext;
  own.configure({ device: first, format: 'bgra8unorm' });
  expect(await filled(canvas, first, 40), 'after the page configured it').toBe(40);
  own.unconfigure();
  expect(await filled(canvas, first, 50), 'after the page unconfigured it').toBe(50);
  expect([canvas.width, canvas.height]).toEqual([8, 6]);
});

it('what cannot be drawn into is refused by name', async () => {
  const device = await gpuDevice();
  const taken = new OffscreenCanvas(1, 1);
  taken.getContext('2d');
  const transferred = document.createElement('canvas');
  transferred.transferControlToOffscreen();
  const cases: [unknown, string, RegExp][] = [
    [null, 'option', /draw got null, expected a canvas/],
    [document.createElement('div'), 'option', /draw got HTMLDivElement/],
    ['#canvas', 'option', /draw got "#canvas"/],
    [taken, 'device', /another context already/],
    [transferred, 'device', /this canvas cannot be drawn into/],
  ];
  for (const [canvas, code, message] of cases) {
    const draw = () => canvasTexture(canvas as Canvas, device, { width: 2, height: 2 });
    expect(draw).toThrow(
      expect.objectContaining({ name: 'HyperStyleError', code, message: expect.stringMatching(message) }),
    );
  }
});
