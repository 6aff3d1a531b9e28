/** What leaves the page: pictures as the worker can take them, options without their functions, canvases handed over once. */
import type { Canvas } from '../api/canvas.ts';
import { type EditFile, fileSource, type GeneratorSource } from '../api/edit-file.ts';
import { type PictureSource, takePicture } from '../api/picture-source.ts';
import { ensure, HyperStyleError, inWords } from '../errors.ts';
import type { ByteSource } from '../weights/random-access.ts';
import type { SentGenerator, SentOptions, SentPicture, SentSurface } from './messages.ts';

/** A picture, and what of it is moved. */
export interface Sending {
  readonly photo: SentPicture;
  readonly transfer: Transferable[];
}

/** A picture as it is now, at its full size; files go as they are. @throws `image` error as `invert` does */
export async function sendPicture(source: PictureSource): Promise<Sending> {
  if (['Blob', 'File'].includes(inWords(source))) return { photo: source as Blob, transfer: [] };
  const taken = await takePicture(source, { maxSide: Number.MAX_SAFE_INTEGER, onWarning: () => undefined });
  const photo = await taken.open();
  if (photo === source) return { photo, transfer: [] }; // a bitmap of the caller's, which is copied
  return { photo, transfer: ['data' in photo ? photo.data.buffer : photo] };
}

/** A file as one that can be sent; other sources of bytes are read whole. @throws `option` error for what is no file, `file` */
async function sendFile(file: EditFile): Promise<File> {
  if (file instanceof File) return file;
  const source: ByteSource = fileSource(file);
  return new File([await source.read(0, source.size)], source.name);
}

/** @throws `option` error for what is no list, and those of {@link sendFile} */
export async function sendFiles(what: string, files: readonly EditFile[]): Promise<File[]> {
  ensure(Array.isArray(files), 'option', () => `${what} got ${inWords(files)}, expected a list of files`);
  return Promise.all(files.map(sendFile));
}

/** A generator's address in full, or its files. Errors as {@link sendFiles}. */
export async function sendGenerator(what: string, from: GeneratorSource): Promise<SentGenerator> {
  if (typeof from === 'string' || from instanceof URL) return new URL(from, globalThis.location?.href).href;
  if (Array.isArray(from)) return sendFiles(what, from);
  return sendFile(from as EditFile);
}

/** A function among options. */
export type Callback = (...values: readonly unknown[]) => unknown;

/** Options that can be sent, and the functions that stay here. */
export function splitOptions<T extends object>(options: T): SentOptions<T> & { functions: Map<string, Callback> } {
  const functions = new Map<string, Callback>();
  const plain: [string, unknown][] = [];
  for (const [name, value] of Object.entries(options)) {
    if (name === 'signal') continue;
    if (typeof value === 'function') functions.set(name, value as Callback);
    else plain.push([name, value instanceof URL ? value.href : value]);
  }
  return { options: Object.fromEntries(plain) as T, callbacks: [...functions.keys()], functions };
}

/** Canvases that are drawn into from a worker, by number. */
const numbers = new WeakMap<object, number>();
let last = 0;

/**
 * A canvas by its number, with the part of it that goes to the worker the first time.
 * @throws `option` error for what is no canvas, `device` when it cannot be handed to a worker
 */
export function sendCanvas(canvas: Canvas): SentSurface {
  const known = numbers.get(canvas);
  if (known !== undefined) return { canvas: known, surface: undefined };
  const kind = inWords(canvas);
  if (kind !== 'HTMLCanvasElement' && kind !== 'OffscreenCanvas') {
    throw new HyperStyleError('option', `draw got ${kind}, expected a canvas element or an OffscreenCanvas`);
  }
  try {
    const surface = 'transferControlToOffscreen' in canvas ? canvas.transferControlToOffscreen() : canvas;
    last += 1;
    numbers.set(canvas, last);
    return { canvas: last, surface };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HyperStyleError(
      'device',
      `this canvas cannot be drawn into from a worker (${why}): pass one without a context, or use toImageData()`,
      { cause },
    );
  }
}
