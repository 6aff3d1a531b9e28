/**
 * A prepared animation as an interface, and the options of its methods: `Animation` (`animation.ts`) of this thread has it,
 * and the client of a model in a worker.
 */
import type { VideoFormat } from '../animation/formats.ts';
import type { FramePixels } from '../animation/wipe.ts';
import type { Canvas } from './canvas.ts';
import type { Picture, Pixels } from './public.ts';

/** How far something is. */
export interface FrameProgress {
  /** Frames that are done. */
  readonly done: number;
  /** All that were asked for. */
  readonly frames: number;
}

/** One streamed frame. */
export interface AnimationFrame extends Pixels {
  /** Which frame of the animation, from 0. */
  readonly index: number;
}

/** Options of {@link Animated.stream}. */
export interface StreamFramesOptions {
  /** Which frames, in which order; default: all. */
  readonly frames?: Iterable<number> | undefined;
  /** Told after each frame that the caller has taken; its promise is awaited. */
  readonly onProgress?: ((progress: FrameProgress) => unknown) | undefined;
  /** Ends the stream with an `aborted` error. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Animated.play}. */
export interface PlayOptions {
  /** Called with each frame that was shown; its promise is awaited. */
  readonly onFrame?: ((index: number) => unknown) | undefined;
  /** Stops playing; the promise of `play` then resolves. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Animated.toGif}. */
export interface FileOptions extends Omit<StreamFramesOptions, 'frames'> {
  /** What becomes of each frame before it is written, e.g. pictures beside it. */
  readonly compose?: ((frame: AnimationFrame) => FramePixels | Promise<FramePixels>) | undefined;
}

/** Options of {@link Animated.toVideo}. */
export interface VideoFileOptions extends FileOptions {
  /** Default `mp4`. */
  readonly format?: VideoFormat | undefined;
  /** Bits a second. */
  readonly bitrate?: number | undefined;
  /** Each pixel becomes so many each way; default 1. */
  readonly scale?: number | undefined;
}

/** Where frames are shown: a canvas, or a function that shows the picture somehow. */
export type Screen = Canvas | ((picture: Picture) => void | Promise<void>);

/** An animation of a model's people, wherever it is computed. One picture is in memory at a time, however long it is. */
export interface Animated extends Disposable {
  /** Length in frames. */
  readonly frames: number;
  /** Frames a second. */
  readonly fps: number;
  /** Whether it goes round for ever. */
  readonly loop: boolean;
  /** Width in pixels of the frames. */
  readonly width: number;
  /** Height in pixels of the frames. */
  readonly height: number;
  /** The frame that was drawn last; the next one is drawn over it. */
  readonly picture: Picture;
  /**
   * Draws a frame into {@link picture}, which is returned.
   * @throws `option` error for a frame there is none of, or after `dispose`; `device`, `memory`, `aborted`
   */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<Picture>;
  /** Frames as RGBA bytes, one after another, each computed when it is asked for. @throws as {@link frame} */
  stream(options?: StreamFramesOptions): AsyncGenerator<AnimationFrame, void, undefined>;
  /**
   * Plays in real time, frames left out where the GPU is too slow, until the end or, for a loop, until the signal fires.
   * @throws as {@link frame}, and `device` for a canvas that cannot be drawn into
   */
  play(screen: Screen, options?: PlayOptions): Promise<void>;
  /** The animation as a GIF; needs the package `gifenc`. @throws as {@link frame}; `option` without the package */
  toGif(options?: FileOptions): Promise<Blob>;
  /**
   * The animation as a video; needs the package `mediabunny`.
   * @throws as {@link frame}; `device` for a browser without VideoEncoder or codec, `option` without the package
   */
  toVideo(options?: VideoFileOptions): Promise<Blob>;
  /** Gives its memory back. */
  dispose(): void;
}
