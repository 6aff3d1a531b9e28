/** What leaves the page: pictures as the worker can take them, options without their functions, canvases handed over once. */
import type { Canvas } from '../api/canvas.ts';
import { type PictureSource, takePicture } from '../api/picture-source.ts';
import { HyperStyleError, inWords } from '../errors.ts';
import type { SentOptions, SentPicture } from './messages.ts';

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

/** A canvas by its number, and the part of it that goes to the worker the first time. */
export interface SentCanvas {
  readonly canvas: number;
  readonly surface: OffscreenCanvas | undefined;
}

/** @throws `option` error for what is no canvas, `device` when it cannot be handed to a worker */
export function sendCanvas(canvas: Canvas): SentCanvas {
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
