/** Pictures from and to disk for `invert`: any format sharp reads, turned upright, transparency over white. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { ensure, HyperStyleError } from '../../src/errors.ts';
import type { Tile } from '../samples/montage.ts';
import { complain } from '../terminal.ts';
import { unpackPicture } from './events.ts';

/** WebGPU's default `maxTextureDimension2D`: larger pictures are scaled down. */
const MAX_SIDE = 8192;

/** A decoded picture. */
export interface DecodedPicture extends Tile {
  /** Absolute path of its file. */
  readonly file: string;
  /** Name of its output folder. */
  readonly name: string;
  /** Size of its file. */
  readonly bytes: number;
}

/** Pixels that a photo may have which is not scaled down: 1 GiB of memory. */
const MAX_PIXELS = 2 ** 28;

/**
 * Decodes a picture to RGBA bytes.
 * @param fullSize whether it is kept as large as it is; else a warning tells of one that was scaled down to what a texture holds
 * @throws `file` error when it is missing, `image` when it cannot be used or is too large
 */
export async function decodePicture(path: string, name: string, fullSize = false): Promise<DecodedPicture> {
  const file = resolve(path);
  ensure(existsSync(file) && statSync(file).isFile(), 'file', () => `${path}: there is no such picture file`);
  try {
    const bytes = statSync(file).size;
    const image = sharp(file, { limitInputPixels: false });
    const { width, height } = await image.metadata();
    ensure(
      !fullSize || width * height <= MAX_PIXELS,
      'image',
      () => `${path}: ${width}×${height} px are more than the ${MAX_PIXELS} that a photo may have; scale it down`,
    );
    const upright = image.rotate().flatten({ background: '#ffffff' }).toColourspace('srgb').ensureAlpha();
    const fitting = fullSize
      ? upright
      : upright.resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true });
    const { data, info } = await fitting.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (!fullSize && Math.max(width, height) > MAX_SIDE) {
      complain(`${path}: ${width}×${height} px were scaled down to fit ${MAX_SIDE}×${MAX_SIDE}`);
    }
    return { file, name, bytes, data, width: info.width, height: info.height };
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

/** A picture that a job packed (`packPicture`) as a PNG file. @throws `file` error for bytes that are none */
export function packedPng(bytes: Uint8Array): Promise<Buffer> {
  const { data, width, height } = unpackPicture(Uint8Array.from(bytes));
  return encodePng({ data, width, height });
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
