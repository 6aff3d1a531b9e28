/**
 * What counts as a picture on its way in. It is taken when `invert` is called, so that a canvas, a video or an array may change
 * afterwards, and comes at a size the GPU takes. `picture-reader.ts` uploads it.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import { fittedSide, ownPixels, type Pixels } from './picture-pixels.ts';

/** RGBA bytes in rows from the top, 4·width·height of them, colours not multiplied by alpha. */
export interface RgbaPixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** What the colours mean; `srgb` when absent. `display-p3` is converted by the browser. */
  readonly colorSpace?: PredefinedColorSpace | undefined;
}

/** Anything `invert` accepts. What is transparent lies over white. */
export type PictureSource =
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | SVGImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | VideoFrame
  | Blob
  | RgbaPixels;

/** Those of them that a browser draws. */
type BrowserPicture = Exclude<PictureSource, Blob | ImageData | RgbaPixels>;

/** Where pictures go. */
export interface PictureLimits {
  /** The device's `maxTextureDimension2D`. */
  readonly maxSide: number;
  /** Told when a picture is scaled down, in one line. */
  readonly onWarning: (warning: string) => void;
}

/** A picture that nobody else changes. */
export interface TakenPicture {
  /** The picture, no side longer than the GPU takes; once. @throws `image` error when it cannot be decoded */
  open(): Promise<Pixels | ImageBitmap>;
  /** Gives what was made on the way in back. */
  close(): void;
}

const DRAWN: ReadonlySet<string> = new Set([
  'ImageBitmap',
  'HTMLImageElement',
  'SVGImageElement',
  'HTMLCanvasElement',
  'OffscreenCanvas',
  'HTMLVideoElement',
  'VideoFrame',
]);
const BYTE_ARRAYS: ReadonlySet<string> = new Set(['Uint8Array', 'Uint8ClampedArray']);
const COLOR_SPACES = ['srgb', 'display-p3'] as const;
const ACCEPTED =
  'pass an ImageBitmap, ImageData, an <img>, <canvas> or <video>, a VideoFrame, a File or Blob, ' +
  'or { data, width, height } of RGBA bytes';

/** What an object is, whichever window it comes from: `Uint8Array`, `HTMLImageElement`, `Null`. */
const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/**
 * Takes a picture; the part that looks at `source` runs before this returns.
 * @throws `image` error when it is none of {@link PictureSource}, has no size, or its data is not what it says
 */
export async function takePicture(source: PictureSource, limits: PictureLimits): Promise<TakenPicture> {
  const kind = kindOf(source);
  if (kind === 'Blob' || kind === 'File') return takenBlob(source as Blob, limits);
  if (DRAWN.has(kind)) return takenDrawing(source as BrowserPicture, kind, limits);
  if (typeof source === 'object' && source !== null && 'data' in source) return takenPixels(source, limits);
  const repair =
    kind === 'String'
      ? 'it is no address: fetch it and pass the Blob'
      : BYTE_ARRAYS.has(kind) || kind === 'ArrayBuffer'
        ? 'pass new Blob([bytes]) for a picture file, { data, width, height } for RGBA bytes'
        : ACCEPTED;
  throw new HyperStyleError(
    'image',
    `the picture is ${kind === 'Object' ? 'an object without data' : kind}: ${repair}`,
  );
}

/** A file is decoded when its turn comes: until then it takes no memory. */
function takenBlob(blob: Blob, limits: PictureLimits): TakenPicture {
  let bitmap: ImageBitmap | undefined;
  return {
    async open() {
      ensure(
        typeof createImageBitmap === 'function',
        'image',
        'this host decodes no picture files: pass { data, width, height } of RGBA bytes',
      );
      bitmap = await createImageBitmap(blob).catch((cause: unknown) => {
        const what = blob.type || 'a file of unknown type';
        throw new HyperStyleError(
          'image',
          `the picture (${what}, ${blob.size} bytes) cannot be decoded: pass a PNG, JPEG, WebP or AVIF file`,
          { cause },
        );
      });
      const whole = bitmap;
      bitmap = await fitted(whole, whole, limits);
      if (bitmap !== whole) whole.close();
      return bitmap;
    },
    close: () => bitmap?.close(),
  };
}

/** What a browser shows now: a bitmap keeps it. One that is a bitmap already stays the caller's. */
async function takenDrawing(source: BrowserPicture, kind: string, limits: PictureLimits): Promise<TakenPicture> {
  const size = drawnSize(source);
  ensureSize(
    size,
    kind === 'ImageBitmap' || kind === 'VideoFrame'
      ? 'it was closed: close it when invert has ended'
      : 'wait until it is loaded (image.decode()) and check the file',
  );
  const bitmap = await fitted(source, size, limits);
  return { open: async () => bitmap, close: () => (bitmap === source ? undefined : bitmap.close()) };
}

async function takenPixels(source: ImageData | RgbaPixels, limits: PictureLimits): Promise<TakenPicture> {
  const { width, height, data } = source;
  ensureSize(source, 'pass its width and height in pixels');
  const kind = kindOf(data);
  const halfFloats = kind === 'Float16Array' && kindOf(source) === 'ImageData'; // the one kind whose range is known
  ensure(
    BYTE_ARRAYS.has(kind) || halfFloats,
    'image',
    () => `the picture's data is ${kind}, RGBA bytes are needed: pass a Uint8ClampedArray of values from 0 to 255`,
  );
  const expected = 4 * width * height;
  ensure(
    data.length === expected,
    'image',
    () => `the picture has ${data.length} bytes, ${width}×${height} RGBA pixels are ${expected}: pass 4 bytes a pixel`,
  );
  const { colorSpace = 'srgb' } = source;
  ensure(
    COLOR_SPACES.includes(colorSpace),
    'image',
    () => `the picture's colorSpace is "${colorSpace}", expected ${COLOR_SPACES.join(' or ')}`,
  );
  if (colorSpace !== 'srgb' || halfFloats) {
    const converted = inSrgb(source, colorSpace);
    const bitmap = await fitted(converted, source, limits);
    if (bitmap !== converted) converted.close();
    return { open: async () => bitmap, close: () => bitmap.close() };
  }
  const own = ownPixels(data, [width, height], limits.maxSide);
  warnIfSmaller(source, own, limits);
  return { open: async () => own, close: () => undefined };
}

/** Pixels as the browser converts them when it puts them into a canvas. */
function inSrgb(source: ImageData | RgbaPixels, colorSpace: PredefinedColorSpace): ImageBitmap {
  const { width, height } = source;
  const context = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(width, height).getContext('2d') : null;
  ensure(context, 'image', () => `this host converts no ${colorSpace} pictures: pass RGBA bytes in srgb`);
  const isImageData = kindOf(source) === 'ImageData';
  const data = isImageData
    ? (source as ImageData)
    : new ImageData(Uint8ClampedArray.from(source.data), width, height, { colorSpace });
  context.putImageData(data, 0, 0);
  return context.canvas.transferToImageBitmap();
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function drawnSize(source: BrowserPicture): Size {
  if ('naturalWidth' in source) return { width: source.naturalWidth, height: source.naturalHeight };
  if ('videoWidth' in source) return { width: source.videoWidth, height: source.videoHeight };
  if ('displayWidth' in source) return { width: source.displayWidth, height: source.displayHeight };
  if ('baseVal' in Object(source.width)) {
    const { width, height } = source as SVGImageElement;
    return { width: Math.round(width.baseVal.value), height: Math.round(height.baseVal.value) };
  }
  return source as Size;
}

function ensureSize({ width, height }: Size, repair: string): void {
  ensure(
    Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0,
    'image',
    () => `the picture is ${width}×${height} px, it needs at least 1×1: ${repair}`,
  );
}

/** A bitmap of `source` with no side longer than the GPU takes; `source` itself where it is one. */
async function fitted(source: BrowserPicture, { width, height }: Size, limits: PictureLimits): Promise<ImageBitmap> {
  const size = { width: fittedSide(width, limits.maxSide), height: fittedSide(height, limits.maxSide) };
  const whole = size.width === width && size.height === height;
  if (whole && kindOf(source) === 'ImageBitmap') return source as ImageBitmap;
  ensure(
    typeof createImageBitmap === 'function',
    'image',
    'this host reads no pictures of a browser: pass { data, width, height } of RGBA bytes',
  );
  const smaller = { resizeWidth: size.width, resizeHeight: size.height, resizeQuality: 'high' } as const;
  const bitmap = await createImageBitmap(source, whole ? {} : smaller).catch((cause: unknown) => {
    const drawn = /(HTML|SVG)Image/.test(kindOf(source)) ? drawnAt(source, size) : null; // an SVG may have no size of its own
    if (drawn) return drawn;
    throw new HyperStyleError('image', `the picture cannot be read (${reason(cause)}): check its file`, { cause });
  });
  warnIfSmaller({ width, height }, size, limits);
  return bitmap;
}

/** `source` as a canvas shows it; null where there is none. */
function drawnAt(source: BrowserPicture, { width, height }: Size): ImageBitmap | null {
  const context = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(width, height).getContext('2d') : null;
  context?.drawImage(source, 0, 0, width, height);
  return context?.canvas.transferToImageBitmap() ?? null;
}

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function warnIfSmaller(was: Size, is: Size, { maxSide, onWarning }: PictureLimits): void {
  if (was.width === is.width && was.height === is.height) return;
  onWarning(
    `the picture of ${was.width}×${was.height} px was scaled down to ${is.width}×${is.height}: ` +
      `this GPU takes at most ${maxSide}×${maxSide}`,
  );
}
