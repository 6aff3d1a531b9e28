/** What counts as a picture on its way in, and the checks it must pass. */
import { ensure } from '../errors.ts';

/** RGBA bytes in rows from the top, 4·width·height of them; alpha is ignored. */
export interface RgbaPixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Anything `invert` accepts. */
export type PictureSource =
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | RgbaPixels;

/** Width and height in pixels. An `HTMLImageElement` counts with its natural size. */
export function pictureSize(source: PictureSource): { width: number; height: number } {
  if ('naturalWidth' in source) return { width: source.naturalWidth, height: source.naturalHeight };
  return { width: source.width, height: source.height };
}

/** Whether the source brings its bytes with it. */
export function hasPixels(source: PictureSource): source is ImageData | RgbaPixels {
  return 'data' in source;
}

/**
 * Checks a picture before anything is allocated for it.
 * @param maxSide the device's `maxTextureDimension2D`
 * @throws `image` error when a side is 0, above the limit, or the bytes do not match the size
 */
export function checkPicture(source: PictureSource, maxSide: number): void {
  const { width, height } = pictureSize(source);
  ensure(
    Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0,
    'image',
    () =>
      `the picture is ${width}×${height} px, it needs at least 1×1: wait until it is loaded (image.decode()) and check the file`,
  );
  ensure(
    width <= maxSide && height <= maxSide,
    'image',
    () => `the picture is ${width}×${height} px, this GPU takes at most ${maxSide}×${maxSide}: scale it down first`,
  );
  if (!hasPixels(source)) return;
  const expected = 4 * width * height;
  ensure(
    source.data.length === expected,
    'image',
    () =>
      `the picture has ${source.data.length} bytes, ${width}×${height} RGBA pixels are ${expected}: pass 4 bytes a pixel`,
  );
}
