/** Frames of an animation one after another, wherever they are computed; behind `Animated.stream`. */
import { ensureOptions, ensureSignal, throwIfAborted } from '../errors.ts';
import type { AnimationFrame, StreamFramesOptions } from './animated.ts';
import { ensureCallback } from './options.ts';
import type { Pixels } from './public.ts';

/**
 * Asks for each frame when it is its turn.
 * @param count frames of the animation
 * @throws `option` error for bad options, `aborted`; what `pixelsOf` throws
 */
export async function* streamFrames(
  count: number,
  options: StreamFramesOptions,
  pixelsOf: (index: number, signal: AbortSignal | undefined) => Promise<Pixels>,
): AsyncGenerator<AnimationFrame, void, undefined> {
  ensureOptions('stream', options);
  const { onProgress, signal, frames } = options;
  ensureCallback('onProgress', onProgress);
  ensureSignal(signal);
  const wanted = frames ? [...frames] : Array.from({ length: count }, (_, i) => i);
  for (const [done, index] of wanted.entries()) {
    throwIfAborted(signal);
    yield { index, ...(await pixelsOf(index, signal)) };
    await onProgress?.({ done: done + 1, frames: wanted.length });
  }
}
