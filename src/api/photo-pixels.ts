/**
 * A photo's pixels on the host, whatever it came as: what alignment cuts from and pastes into. A browser's
 * picture goes through a canvas.
 */
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

/** Side of the canvas that photos are read through in pieces: some browsers give none as large as a photo. */
const CANVAS_SIDE = 2048;

function drawn(bitmap: ImageBitmap): Pixels {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(Math.min(width, CANVAS_SIDE), Math.min(height, CANVAS_SIDE));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  ensure(
    context,
    'image',
    () => `this browser gives no canvas of ${canvas.width}×${canvas.height} px: close other pages`,
  );
  context.fillStyle = '#fff';
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y += canvas.height) {
    for (let x = 0; x < width; x += canvas.width) {
      const [across, down] = [Math.min(canvas.width, width - x), Math.min(canvas.height, height - y)];
      context.fillRect(0, 0, across, down);
      context.drawImage(bitmap, x, y, across, down, 0, 0, across, down);
      const piece = context.getImageData(0, 0, across, down).data;
      for (let row = 0; row < down; row++) {
        data.set(piece.subarray(4 * row * across, 4 * (row + 1) * across), 4 * ((y + row) * width + x));
      }
    }
  }
  return { data, width, height };
}
