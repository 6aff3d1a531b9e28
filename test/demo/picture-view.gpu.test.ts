/** When the page gives WebGPU canvases up, and when it must not. No GPU is used. */
import { expect, test, vi } from 'vitest';
import { type Drawable, PictureView } from '../../demo/picture-view.ts';
import { HyperStyleError } from '../../src/index.ts';

const copied = vi.fn(async () => ({ data: new Uint8ClampedArray(4), width: 1, height: 1 }));

/** A picture of one pixel that is drawn by `draw`. */
function picture(draw: () => void): Drawable {
  return { width: 1, height: 1, draw, toImageData: copied };
}

const getContext = HTMLCanvasElement.prototype.getContext as (kind: string) => RenderingContext | null;

/** Has every canvas answer `getContext('webgpu')` with `context`. */
function webgpuContext(context: object | null): void {
  const answer = function (this: HTMLCanvasElement, kind: string) {
    return kind === 'webgpu' ? context : getContext.call(this, kind);
  };
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(
    answer as typeof HTMLCanvasElement.prototype.getContext,
  );
}

const modeKept = (): string | null => sessionStorage.getItem('hyperstyle-draw-mode');

test('a picture that cannot be drawn is an error and changes nothing', async () => {
  sessionStorage.removeItem('hyperstyle-draw-mode');
  webgpuContext({});
  const disposed = picture(() => {
    throw new HyperStyleError('option', 'this picture was disposed of');
  });
  const view = new PictureView(document.body, 'test');
  await expect(view.show(disposed)).rejects.toThrow('disposed of');
  expect([modeKept(), copied.mock.calls.length]).toEqual([null, 0]);
  const drawn = vi.fn();
  await view.show(picture(drawn));
  expect(drawn).toHaveBeenCalledOnce();
});

test('a canvas that refuses makes the page copy from now on', async () => {
  webgpuContext(null);
  const drawn = vi.fn();
  const view = new PictureView(document.body, 'test');
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  await view.show(picture(drawn));
  await view.show(picture(drawn));
  expect([modeKept(), copied.mock.calls.length, drawn.mock.calls.length]).toEqual(['2d', 2, 0]);
});

test('a transparent picture of the browser is shown over white, as it is read', async () => {
  const host = document.createElement('div');
  new PictureView(host, 'test').showSource(await createImageBitmap(new ImageData(2, 2)));
  const context = host.querySelector('canvas')?.getContext('2d');
  expect([...(context?.getImageData(1, 1, 1, 1).data ?? [])]).toEqual([255, 255, 255, 255]);
});
