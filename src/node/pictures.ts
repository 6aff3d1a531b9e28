/** Pictures from and to disk for Node programs, by the package `sharp`, which they install. */
import type { RgbaPixels } from '../api/picture-source.ts';
import { ensureRgba, HyperStyleError } from '../errors.ts';
import { ensurePath } from './node-file.ts';

type Sharp = typeof import('sharp').default;

async function library(): Promise<Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new HyperStyleError('option', 'pictures need the package sharp: npm install sharp', { cause });
  }
}

/** What sharp says, in one line. */
const why = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';

/**
 * A picture file as pixels, turned upright and in sRGB.
 * @throws `image` error for a file that is missing or none, `option` without the package
 */
export async function readPicture(path: string): Promise<RgbaPixels> {
  ensurePath('the picture', path);
  const sharp = await library();
  try {
    const upright = sharp(path).rotate().toColourspace('srgb').ensureAlpha();
    const { data, info } = await upright.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
  } catch (cause) {
    throw new HyperStyleError('image', `${path}: ${why(cause)}; use a PNG, JPEG, WebP, AVIF or TIFF file`, { cause });
  }
}

/**
 * Writes pixels as the file's ending says. @throws `file` error for a place or an ending that cannot be written, `image` for
 * what is no picture, `option` without the package
 */
export async function writePicture(path: string, picture: RgbaPixels): Promise<void> {
  ensurePath('the picture', path);
  ensureRgba('the picture', picture);
  const { data, width, height } = picture;
  const sharp = await library();
  try {
    const raw = { width, height, channels: 4 } as const;
    await sharp(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), { raw }).toFile(path);
  } catch (cause) {
    throw new HyperStyleError('file', `${path}: ${why(cause)}; check the folder, and end the name in .png or .jpg`, {
      cause,
    });
  }
}
