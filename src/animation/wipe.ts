/** Pictures beside an animation, as the authors show it: the left half wipes from one input to the next (pure, on RGBA bytes). */
import { ensure, ensureList, ensureObject, ensureRgba, inWords } from '../errors.ts';
import type { TravelPlace } from './presets.ts';

/** RGBA bytes in rows from the top. */
export interface FramePixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** RGBA bytes a page can show. */
export interface ComposedPixels extends FramePixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

const BYTES = 4;

/**
 * `after` left of a line that is `way` (0 to 1) of the width from the left, `before` right of it. @throws `image` error
 * when sizes differ or one is none
 */
export function wipe(before: FramePixels, after: FramePixels, way: number): ComposedPixels {
  checkSameSize(before, after);
  ensure(Number.isFinite(way), 'option', () => `wipe: way is ${inWords(way)}, expected a number from 0 to 1`);
  const { width, height } = before;
  const data = new Uint8ClampedArray(before.data);
  const line = BYTES * Math.round(Math.min(1, Math.max(0, way)) * width);
  for (let row = 0; row < height; row++) {
    const start = BYTES * row * width;
    data.set(after.data.subarray(start, start + line), start);
  }
  return { data, width, height };
}

/** Two pictures in one, side by side. @throws `image` error when sizes differ or one is none */
export function beside(left: FramePixels, right: FramePixels): ComposedPixels {
  checkSameSize(left, right);
  const { width, height } = left;
  const data = new Uint8ClampedArray(2 * BYTES * width * height);
  for (let row = 0; row < height; row++) {
    const [start, end] = [BYTES * row * width, BYTES * (row + 1) * width];
    data.set(left.data.subarray(start, end), 2 * start);
    data.set(right.data.subarray(start, end), start + end);
  }
  return { data, width: 2 * width, height };
}

/**
 * A frame with the inputs it comes from on its left, wiping from one to the next.
 * @throws `image` error when sizes differ or one is none, `option` for a place that `travelPlace` does not give
 */
export function besideInputs(frame: FramePixels, inputs: readonly FramePixels[], place: TravelPlace): ComposedPixels {
  ensureList('besideInputs', inputs, 'pictures');
  ensureObject('besideInputs: its place is', place);
  const { from, to, way } = place;
  const [before, after] = [inputs[from], inputs[to]];
  ensure(before && after, 'image', () => `wipe: inputs ${from} and ${to} are shown, but there are ${inputs.length}`);
  return beside(wipe(before, after, way), frame);
}

function checkSameSize(a: FramePixels, b: FramePixels): void {
  for (const picture of [a, b]) ensureRgba('a frame', picture);
  ensure(
    a.width === b.width && a.height === b.height,
    'image',
    () => `frames of ${a.width}×${a.height} and ${b.width}×${b.height} px side by side: make them equally large`,
  );
}
