/**
 * Pictures on their way out of the engine: as bitmaps for the screen, drawn through an `OffscreenCanvas` without
 * reading pixels back where that works, and as PNG files.
 */
import { type FramePixels, HyperStyleError, type Picture } from '../../src/index.ts';
import type { Crop } from './crop.ts';

/** How pictures become bitmaps. In some Chromes without a GPU the first canvas texture takes the whole GPU process down. */
export type DrawMode = 'webgpu' | 'pixels';

/** Longest side of the photo's part that is shown before an inversion, so that the screen has more than the model reads. */
const SHOWN_SIDE = 1024;

let mode: DrawMode = 'pixels';
let canvas: OffscreenCanvas | undefined;

/** What {@link bitmapOf} does from now on. */
export function setDrawMode(wanted: DrawMode): void {
  mode = wanted;
}

/** Tries a WebGPU canvas on a device of its own, before anything depends on the answer. */
export async function canvasWorks(): Promise<boolean> {
  if (typeof OffscreenCanvas === 'undefined' || !('gpu' in navigator)) return false;
  // The same format and usage as the engine's: those are what may fail.
  const format = 'rgba8unorm';
  const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.RENDER_ATTACHMENT;
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter?.requestDevice({ label: 'canvas trial' });
  const context = new OffscreenCanvas(8, 8).getContext('webgpu');
  if (!device || !context) return false;
  try {
    context.configure({ device, format, usage });
    const view = context.getCurrentTexture().createView();
    const encoder = device.createCommandEncoder({ label: 'canvas trial' });
    encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store' }] }).end();
    device.queue.submit([encoder.finish()]);
    const alive = device.queue.onSubmittedWorkDone().then(() => true);
    return await Promise.race([alive, device.lost.then(() => false)]);
  } catch {
    return false;
  } finally {
    context.unconfigure();
    device.destroy();
  }
}

/** The picture as a bitmap of its own size. @throws errors of a picture that was disposed of, or of a lost GPU */
export async function bitmapOf(picture: Picture): Promise<ImageBitmap> {
  if (mode === 'webgpu') {
    try {
      canvas ??= new OffscreenCanvas(picture.width, picture.height);
      picture.draw(canvas);
      return canvas.transferToImageBitmap();
    } catch (error) {
      if (error instanceof HyperStyleError && error.code !== 'device') throw error;
      console.warn('this canvas is refused; pictures are read back from now on', error);
      mode = 'pixels';
    }
  }
  return createImageBitmap(await imageOf(picture));
}

/** The picture's pixels. */
export async function imageOf(picture: Picture): Promise<ImageData> {
  const { data, width, height } = await picture.toImageData();
  return new ImageData(data, width, height);
}

/** A 2D canvas off the page. */
function painter(
  width: number,
  height: number,
): { context: OffscreenCanvasRenderingContext2D; canvas: OffscreenCanvas } {
  const made = new OffscreenCanvas(width, height);
  const context = made.getContext('2d', { willReadFrequently: true });
  if (!context) throw new HyperStyleError('memory', `no canvas of ${width} × ${height} px: close other pages`);
  context.imageSmoothingQuality = 'high';
  return { context, canvas: made };
}

/** A PNG file of an image. */
export function pngOf(image: ImageData): Promise<Blob> {
  const { context, canvas: made } = painter(image.width, image.height);
  context.putImageData(image, 0, 0);
  return made.convertToBlob({ type: 'image/png' });
}

/** An image at another size. */
export async function resized(image: ImageData | ImageBitmap, width: number, height: number): Promise<ImageData> {
  const { context } = painter(width, height);
  const source = image instanceof ImageData ? await createImageBitmap(image) : image;
  context.drawImage(source, 0, 0, width, height);
  if (source !== image) source.close();
  return context.getImageData(0, 0, width, height);
}

/** The part of a photo that `crop` shows, over white, at no more pixels than a screen shows. */
export function cutOut(photo: ImageBitmap, { x, y, side, angle }: Crop): ImageBitmap {
  const size = Math.max(1, Math.min(SHOWN_SIDE, Math.round(side)));
  const { context, canvas: made } = painter(size, size);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, size, size);
  context.translate(size / 2, size / 2);
  context.scale(size / side, size / side);
  context.rotate(-angle);
  context.drawImage(photo, -x, -y);
  return made.transferToImageBitmap();
}

/** The largest centred part of the form `width` : `height`, for models that draw no squares. */
export function cutMiddle(photo: ImageBitmap, form: { readonly width: number; readonly height: number }): ImageBitmap {
  const scale = Math.min(photo.width / form.width, photo.height / form.height);
  const [w, h] = [form.width * scale, form.height * scale];
  const shrink = Math.min(1, SHOWN_SIDE / Math.max(w, h));
  const { context, canvas: made } = painter(Math.round(w * shrink), Math.round(h * shrink));
  context.fillStyle = '#fff';
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(photo, (photo.width - w) / 2, (photo.height - h) / 2, w, h, 0, 0, made.width, made.height);
  return made.transferToImageBitmap();
}

/** A frame `scale` times as large each way, smoothed; at once, as composing frames wants it. */
export function enlarged(frame: FramePixels, scale: number): FramePixels {
  if (scale === 1) return frame;
  const { context: small, canvas: source } = painter(frame.width, frame.height);
  small.putImageData(new ImageData(new Uint8ClampedArray(frame.data), frame.width, frame.height), 0, 0);
  const [width, height] = [frame.width * scale, frame.height * scale];
  const { context } = painter(width, height);
  context.drawImage(source, 0, 0, width, height);
  return { data: context.getImageData(0, 0, width, height).data, width, height };
}
