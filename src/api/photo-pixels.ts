/** A photo's pixels on the host, whatever it came as: what alignment cuts from and pastes into. A browser's picture goes through a canvas. */
import { ensure } from '../errors.ts';
import type { Pixels } from '../faces/pixels.ts';
import { type PictureSource, takePicture } from './picture-source.ts';

/**
 * RGBA bytes of a photo as it is now, at its full size, upright.
 * @throws `image` error when it cannot be read
 */
export async function photoPixels(source: PictureSource): Promise<Pixels> {
  const taken = await takePicture(source, { maxSide: Number.MAX_SAFE_INTEGER, onWarning: () => undefined });
  try {
    const opened = await taken.open();
    return 'data' in opened ? opened : drawn(opened);
  } finally {
    taken.close();
  }
}

function drawn(bitmap: ImageBitmap): Pixels {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  ensure(context, 'image', () => `this browser gives no canvas of ${width}×${height} px: scale the photo down`);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height);
}
