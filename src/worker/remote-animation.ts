/** An animation in the worker, as a page sees it: frames are computed there, one at a time and only when they are asked for. */
import type {
  Animated,
  AnimationFrame,
  FileOptions,
  PlayOptions,
  Screen,
  StreamFramesOptions,
  VideoFileOptions,
} from '../api/animated.ts';
import { ensureCallback } from '../api/options.ts';
import type { Picture } from '../api/public.ts';
import { streamFrames } from '../api/stream-frames.ts';
import { ensure, ensureOptions, ensureSignal } from '../errors.ts';
import type { Connection, RemotePicture } from './connection.ts';
import type { AnimationFacts, Handle, PictureFacts } from './messages.ts';
import { type Callback, sendCanvas, splitOptions } from './sending.ts';

/** Made by `animate` of a model in a worker. Files are written in the worker; `compose` runs on the page. */
export class RemoteAnimation implements Animated {
  readonly frames: number;
  readonly fps: number;
  readonly loop: boolean;
  readonly width: number;
  readonly height: number;
  readonly picture: RemotePicture;
  readonly #connection: Connection;
  readonly #handle: Handle;
  #disposed = false;

  /** @internal */
  constructor(connection: Connection, { handle, frames, fps, loop, picture }: AnimationFacts) {
    this.#connection = connection;
    this.#handle = handle;
    this.frames = frames;
    this.fps = fps;
    this.loop = loop;
    this.picture = connection.picture(picture);
    this.width = picture.width;
    this.height = picture.height;
  }

  #live(): Handle {
    ensure(!this.#disposed, 'option', 'this animation was disposed of: make it again with animate()');
    return this.#handle;
  }

  async frame(index: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Picture> {
    await this.#connection.call('frame', { of: this.#live(), index }, { signal });
    return this.picture;
  }

  stream(options: StreamFramesOptions = {}): AsyncGenerator<AnimationFrame, void, undefined> {
    return streamFrames(this.frames, options, (index, signal) =>
      this.#connection.call('frameData', { of: this.#live(), index }, { signal }),
    );
  }

  async play(screen: Screen, options: PlayOptions = {}): Promise<void> {
    ensureOptions('play', options);
    ensureCallback('onFrame', options.onFrame);
    const show: Callback | undefined =
      typeof screen === 'function' ? (facts) => screen(this.#connection.picture(facts as PictureFacts)) : undefined;
    const canvas = typeof screen === 'function' ? undefined : sendCanvas(screen);
    const { signal, functions, ...sent } = this.#split(options, show);
    const values = { of: this.#live(), ...sent, ...(canvas && { canvas }) };
    await this.#connection.call('play', values, {
      signal,
      functions,
      transfer: canvas?.surface ? [canvas.surface] : [],
    });
  }

  async toGif(options: FileOptions = {}): Promise<Blob> {
    ensureOptions('toGif', options);
    const { signal, functions, ...sent } = this.#split(options);
    return this.#connection.call('gif', { of: this.#live(), ...sent }, { signal, functions });
  }

  async toVideo(options: VideoFileOptions = {}): Promise<Blob> {
    ensureOptions('toVideo', options);
    const { signal, functions, ...sent } = this.#split(options);
    return this.#connection.call('video', { of: this.#live(), ...sent }, { signal, functions });
  }

  /** Options that can be sent, beside what stays here. @param screen is called with each frame */
  #split<T extends { readonly signal?: AbortSignal | undefined }>({ signal, ...given }: T, screen?: Callback) {
    ensureSignal(signal);
    return { signal, ...splitOptions({ ...given, ...(screen && { screen }) }) };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#connection.forget(this.picture);
    this.#connection.tell('dispose', { of: this.#handle });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
