/** What all files of frames have in common: their options, and checks of rate and sizes. */
import { ensure } from '../errors.ts';
import type { FramePixels } from './wipe.ts';

export { checkRate } from './timeline.ts';

/** Options of every kind of clip. */
export interface ClipOptions {
  /** Frames a second. */
  readonly fps: number;
  /** Called after each frame with how many are written. */
  readonly onFrame?: ((written: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws `image` error for a frame of no or another size than the first */
export function checkFrameSize(what: string, frame: FramePixels, first: FramePixels, index: number): void {
  const { data, width, height } = frame;
  ensure(
    width > 0 && height > 0 && data.length === 4 * width * height,
    'image',
    () => `${what}: frame ${index} is ${width}×${height} px with ${data.length} bytes, expected 4 a pixel`,
  );
  ensure(
    width === first.width && height === first.height,
    'image',
    () => `${what}: frame ${index} is ${width}×${height} px, frame 0 is ${first.width}×${first.height}`,
  );
}
