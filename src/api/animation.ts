/**
 * A prepared animation: frames in any order, played in real time on a canvas, streamed as pixels, and written
 * as a file. One picture is in memory at a time, however long it is.
 */

import { frameState, type Timeline, timingOf } from '../animation/timeline.ts';
import type { FramePixels } from '../animation/wipe.ts';
import { ensure, ensureOptions, ensureSignal, inWords } from '../errors.ts';
import type {
  Animated,
  AnimationFrame,
  FileOptions,
  PlayOptions,
  Screen,
  StreamFramesOptions,
  VideoFileOptions,
} from './animated.ts';
import { AnimationStage } from './animation-stage.ts';
import type { Inversion } from './inversion.ts';
import type { InversionContext } from './model-context.ts';
import { ensureCallback } from './options.ts';
import { StoredPicture } from './picture.ts';
import type { Picture } from './public.ts';
import { streamFrames } from './stream-frames.ts';

/** Frames that a GIF's colours are taken from. */
const PALETTE_FRAMES = 8;

/** Resolves before the next frame of the display, where there is one. */
const nextFrame = (): Promise<unknown> =>
  new Promise((resolve) => {
    if (typeof requestAnimationFrame === 'function') requestAnimationFrame(resolve);
    else setTimeout(resolve, 1);
  });

/** An animation of a model's people. Made by `HyperStyle.animate`. */
export class Animation implements Animated {
  /** Length in frames. */
  readonly frames: number;
  /** Frames a second. */
  readonly fps: number;
  /** Whether it goes round for ever. */
  readonly loop: boolean;
  /** The frame that was drawn last; the next one is drawn over it. */
  readonly picture: Picture;
  readonly #context: InversionContext;
  readonly #timeline: Timeline<Inversion>;
  readonly #stage: AnimationStage;
  readonly #buffer: GPUBuffer;
  #disposed = false;

  private constructor(
    context: InversionContext,
    timeline: Timeline<Inversion>,
    stage: AnimationStage,
    buffer: GPUBuffer,
  ) {
    this.#context = context;
    this.#timeline = timeline;
    this.#stage = stage;
    this.#buffer = buffer;
    this.picture = new StoredPicture(context.pictures, buffer);
    const { frames, fps, loop } = timingOf(timeline);
    this.frames = frames;
    this.fps = fps;
    this.loop = loop;
  }

  /** @internal Behind `HyperStyle.animate`. @throws `option` error for a timeline that cannot be shown, `device`, `memory` */
  static async prepare(context: InversionContext, timeline: Timeline<Inversion>): Promise<Animation> {
    ensureOptions('animate', timeline);
    timingOf(timeline);
    const stage = await AnimationStage.prepare(context, timeline);
    try {
      return new Animation(context, timeline, stage, await context.pictures.take());
    } catch (error) {
      stage.dispose();
      throw error;
    }
  }

  /** Width in pixels of the frames. */
  get width(): number {
    return this.picture.width;
  }

  /** Height in pixels of the frames. */
  get height(): number {
    return this.picture.height;
  }

  /**
   * Draws a frame into {@link picture}, which is returned.
   * @throws `option` error for a frame there is none of, or after `dispose`; `device`, `memory`, `aborted`
   */
  async frame(index: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Picture> {
    ensure(
      Number.isInteger(index) && index >= 0 && index < this.frames,
      'option',
      () => `frame ${inWords(index)}: this animation has frames 0 to ${this.frames - 1}`,
    );
    const { engine, pictures } = this.#context;
    const state = frameState(this.#timeline, index);
    await engine.exclusive(
      async () => {
        this.#ensureLive();
        await this.#stage.show(state);
        this.#ensureLive(); // disposed of meanwhile, the buffer is another picture's
        engine.runtime.copy(engine.buffers.of(engine.network.state.y), this.#buffer, pictures.bytes);
      },
      { signal },
    );
    return this.picture;
  }

  /**
   * Frames as RGBA bytes, one after another, each computed when it is asked for.
   * @throws as {@link frame}; `aborted` when the signal fires
   */
  stream(options: StreamFramesOptions = {}): AsyncGenerator<AnimationFrame, void, undefined> {
    return streamFrames(this.frames, options, async (index, signal) =>
      (await this.frame(index, { signal })).toImageData(),
    );
  }

  /**
   * Plays in real time, frames left out where the GPU is too slow, until the end or, for a loop, until the signal fires.
   * @throws as {@link frame}, and `device` for a canvas that cannot be drawn into
   */
  async play(screen: Screen, options: PlayOptions = {}): Promise<void> {
    ensureOptions('play', options);
    const { onFrame, signal } = options;
    ensureCallback('onFrame', onFrame);
    ensureSignal(signal);
    const show = typeof screen === 'function' ? screen : (picture: Picture) => picture.draw(screen);
    const { engine } = this.#context;
    const start = performance.now();
    for (let last = -1; !signal?.aborted; ) {
      const due = Math.floor(((performance.now() - start) / 1000) * this.fps);
      const index = this.loop ? due % this.frames : Math.min(due, this.frames - 1);
      if (index !== last) {
        await show(await this.frame(index));
        await onFrame?.(index);
        last = index;
        await engine.device.queue.onSubmittedWorkDone(); // or frames pile up in the queue
      }
      if (!this.loop && due >= this.frames - 1) return;
      await nextFrame();
    }
  }

  /**
   * The animation as a GIF; needs the package `gifenc`. Frames are made one at a time, the finished file is held in memory.
   * @throws as {@link stream}; `option` without the package
   */
  async toGif(options: FileOptions = {}): Promise<Blob> {
    const { signal, compose = (frame) => frame } = options;
    const { gifChunks } = await import('../animation/gif.ts');
    const count = Math.min(PALETTE_FRAMES, this.frames);
    const spread = Array.from({ length: count }, (_, i) => Math.floor((i * this.frames) / count));
    const palette: FramePixels[] = [];
    for await (const frame of this.stream({ frames: spread, signal })) palette.push(await compose(frame));
    const { fps, loop } = this;
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of gifChunks(this.#composed(options), palette, { fps, loop, signal })) chunks.push(chunk);
    return new Blob(chunks, { type: 'image/gif' });
  }

  /**
   * The animation as a video by the browser's VideoEncoder; needs the package `mediabunny`. Frames are made one at a
   * time, the finished file is held in memory.
   * @throws as {@link stream}; `device` for a browser without VideoEncoder or codec, `option` without the package
   */
  async toVideo(options: VideoFileOptions = {}): Promise<Blob> {
    const { format, bitrate, scale, signal } = options;
    const { encodeVideo } = await import('../animation/video.ts');
    return encodeVideo(this.#composed(options), { fps: this.fps, format, bitrate, scale, signal });
  }

  async *#composed({ compose = (frame) => frame, ...options }: FileOptions): AsyncGenerator<FramePixels> {
    for await (const frame of this.stream(options)) yield await compose(frame);
  }

  #ensureLive(): void {
    ensure(!this.#disposed, 'option', 'this animation was disposed of: make it again with animate()');
  }

  /** Gives its memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.picture.dispose();
    this.#stage.dispose();
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
