/**
 * Frames as an animated GIF, by `gifenc`, which is loaded when it is used. One palette serves the whole clip, so that
 * colours do not flicker, and pixels that stay as they were are left out. Bytes come as they are made: no more than one
 * frame is in memory.
 */
import { ensure, HyperStyleError, throwIfAborted } from '../errors.ts';
import type { ClipOptions } from './clip.ts';
import { checkFrameSize, checkRate } from './clip.ts';
import type { FramePixels } from './wipe.ts';

/** Options of {@link gifChunks}. */
export interface GifOptions extends ClipOptions {
  /** Whether it plays for ever; default true. */
  readonly loop?: boolean | undefined;
}

/** One of the 256 colours says "as before". */
const COLOURS = 255;
/** A frame's time in the file is a whole number of hundredths of a second, at least two: browsers slow down what is faster. */
const [TICK_MS, LEAST_TICKS] = [10, 2];
/** Pixels that the palette is made from, at most: quantising is slow. */
const PALETTE_PIXELS = 2 ** 18;

async function library(): Promise<typeof import('gifenc')> {
  try {
    const loaded: typeof import('gifenc') & { readonly default?: unknown } = await import('gifenc');
    const whole = loaded.default; // Node reads the package as CommonJS, all of it under this name
    return typeof whole === 'object' && whole !== null ? (whole as typeof import('gifenc')) : loaded;
  } catch (cause) {
    throw new HyperStyleError('option', 'GIF files need the package gifenc: npm install gifenc', { cause });
  }
}

/** Pixels of several frames in one row, thinned out evenly. */
function sampled(frames: readonly FramePixels[]): Uint8Array {
  const words = frames.map(({ data }) => new Uint32Array(data.slice().buffer));
  const count = words.reduce((sum, { length }) => sum + length, 0);
  const every = Math.ceil(count / PALETTE_PIXELS);
  const kept = words.map((pixels) => pixels.filter((_, i) => i % every === 0));
  const all = new Uint32Array(kept.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const pixels of kept) {
    all.set(pixels, at);
    at += pixels.length;
  }
  return new Uint8Array(all.buffer);
}

/** The hundredths of a second that frame `index` lasts: rounded so that the whole clip keeps its time. */
function ticks(index: number, fps: number): number {
  const at = (frame: number): number => Math.round((1000 * frame) / fps / TICK_MS);
  return Math.max(LEAST_TICKS, at(index + 1) - at(index));
}

/**
 * The file's bytes, in pieces.
 * @param frames RGBA bytes, all of one size
 * @param palette frames that have the clip's colours, e.g. every tenth
 * @throws `option` error for an unusable rate, no frame, or without the package; `image` for frames of different sizes; `aborted`
 */
export async function* gifChunks(
  frames: AsyncIterable<FramePixels>,
  palette: readonly FramePixels[],
  { fps, loop = true, signal, onFrame }: GifOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  checkRate('GIF', fps);
  ensure(palette.length > 0, 'option', 'GIF: no frame to take the colours from: give at least one');
  const { GIFEncoder, quantize, applyPalette } = await library();
  const colours = quantize(sampled(palette), COLOURS, { format: 'rgb565' });
  const asBefore = colours.length;
  const table = [...colours, [0, 0, 0]];
  const encoder = GIFEncoder({ auto: false });
  let first: FramePixels | undefined;
  let before: Uint8Array | undefined;
  let count = 0;
  encoder.writeHeader();
  for await (const frame of frames) {
    throwIfAborted(signal);
    first ??= frame;
    checkFrameSize('GIF', frame, first, count);
    const now = applyPalette(frame.data, colours, 'rgb565');
    const changed = before ? now.map((colour, i) => (colour === before?.[i] ? asBefore : colour)) : now;
    encoder.writeFrame(changed, frame.width, frame.height, {
      first: count === 0,
      ...(count === 0 ? { palette: table, repeat: loop ? 0 : -1 } : {}),
      delay: TICK_MS * ticks(count, fps),
      transparent: count > 0,
      transparentIndex: asBefore,
      dispose: 1,
    });
    before = now;
    count++;
    yield encoder.bytes();
    encoder.reset();
    onFrame?.(count);
  }
  ensure(count > 0, 'option', 'GIF: there are 0 frames, expected at least one');
  encoder.finish();
  yield encoder.bytes();
}
