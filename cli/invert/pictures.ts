/** Pictures from and to disk for `invert`: any format sharp reads, turned upright, transparency over white. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { ensure, HyperStyleError } from '../../src/errors.ts';
import type { Tile } from '../samples/montage.ts';

/** WebGPU's default `maxTextureDimension2D`. */
const MAX_SIDE = 8192;

/** A decoded picture. */
export interface DecodedPicture extends Tile {
  /** Absolute path of its file. */
  readonly file: string;
  /** Name of its output folder. */
  readonly name: string;
}

/** Decodes a picture to RGBA bytes. @throws `file` error when it is missing, `image` when it cannot be used */
export async function decodePicture(path: string, name: string): Promise<DecodedPicture> {
  const file = resolve(path);
  ensure(existsSync(file) && statSync(file).isFile(), 'file', () => `${path}: there is no such picture file`);
  try {
    const image = sharp(file, { limitInputPixels: false });
    const { width, height } = await image.metadata();
    ensure(
      width <= MAX_SIDE && height <= MAX_SIDE,
      'image',
      () => `${path}: is ${width}×${height} px, at most ${MAX_SIDE}×${MAX_SIDE} can be read: scale it down first`,
    );
    const upright = image.rotate().flatten({ background: '#ffffff' }).toColourspace('srgb').ensureAlpha();
    const { data, info } = await upright.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { file, name, data, width: info.width, height: info.height };
  } catch (cause) {
    if (cause instanceof HyperStyleError) throw cause;
    const why = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
    throw new HyperStyleError(
      'image',
      `${path}: cannot be decoded (${why}); use a PNG, JPEG, WebP, AVIF or TIFF file`,
      {
        cause,
      },
    );
  }
}

/** RGBA bytes as a PNG file. */
export function encodePng({ data, width, height }: Tile): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .png()
    .toBuffer();
}

/** A picture as the model reads it: squeezed into a square, whose middle rows are kept where the model crops. */
export async function asModelReads(picture: Tile, width: number, height: number): Promise<Tile> {
  const square = sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 4 } })
    .resize(width, width, { fit: 'fill', kernel: 'linear' })
    .extract({ left: 0, top: Math.floor((width - height) / 2), width, height });
  return { data: await square.raw().toBuffer(), width, height };
}

/** A picture at another size, smoothly. */
export async function resized({ data, width, height }: Tile, toWidth: number, toHeight: number): Promise<Tile> {
  const image = sharp(data, { raw: { width, height, channels: 4 } }).resize(toWidth, toHeight, {
    fit: 'fill',
    kernel: 'cubic',
  });
  return { data: await image.raw().toBuffer(), width: toWidth, height: toHeight };
}
