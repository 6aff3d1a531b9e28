/**
 * The page's end of a worker: calls whose options have functions, the pictures that are known here, and how the
 * end of the worker is noticed. `client.ts` has the objects that use it.
 */
import type { Canvas } from '../api/canvas.ts';
import type { InversionStep, Picture, Pixels } from '../api/public.ts';
import { ensure, HyperStyleError } from '../errors.ts';
import { Channel, type Port, type RequestOptions } from './channel.ts';
import type { CallName, Calls, Handle, PictureFacts, StepFacts } from './messages.ts';
import { type Callback, sendCanvas } from './sending.ts';

/** The function among a call's options whose result goes back. */
const COMPOSE = 'compose';
/** How long a worker may take to load its script and answer for the first time. */
const FIRST_ANSWER_MS = 60_000;

/** The page's end: calls with functions among their options, and the pictures that are known here. */
export class Connection {
  readonly #channel: Channel;
  readonly #functions = new Map<number, ReadonlyMap<string, Callback>>();
  readonly #pictures = new Map<Handle, RemotePicture>();

  constructor(port: Port) {
    this.#channel = new Channel(port, async (request) => {
      if (request.name !== 'callback') throw new HyperStyleError('option', 'a page has no models');
      const value = await this.#functions.get(request.call)?.get(request.run)?.(...request.values);
      // of most, nobody asks what they return, and that may be what no message can carry
      return { value: request.run === COMPOSE ? value : undefined };
    });
    this.#watch().catch(() => undefined); // what ends the channel is told to whoever waits
  }

  /**
   * Notices a worker that answers nothing, and one that is terminated: no event tells of that, but a lock that
   * it holds becomes free. Where there are no locks (pages without https) only its first answer is waited for.
   */
  async #watch(): Promise<void> {
    const locks: LockManager | undefined = globalThis.navigator?.locks;
    const lock = `hyperstyle ${Date.now()} ${Math.random()}`;
    const late = setTimeout(() => {
      const seconds = FIRST_ANSWER_MS / 1000;
      this.end(
        `the worker has answered nothing for ${seconds} s: ` +
          'pass one that runs hyperstyle-webgpu/worker-thread, and load the model again',
      );
    }, FIRST_ANSWER_MS);
    try {
      await this.#channel.request('hold', { lock: locks ? lock : null });
    } finally {
      clearTimeout(late);
    }
    await locks?.request(lock, () => this.end('the worker was terminated or has crashed: load the model again'));
  }

  /** One call; `functions` may be called until it ends. What one of them throws is what the call throws. */
  async call<N extends CallName>(
    name: N,
    values: Calls[N]['arguments'],
    { functions, ...options }: RequestOptions & { functions?: ReadonlyMap<string, Callback> | undefined } = {},
  ): Promise<Calls[N]['answer']> {
    let call = 0;
    let thrown: { readonly error: unknown } | undefined;
    const guarded = [...(functions ?? [])].map(([key, run]): [string, Callback] => [
      key,
      async (...values_) => {
        try {
          return await run(...values_);
        } catch (error) {
          thrown ??= { error };
          throw error;
        }
      },
    ]);
    const onId = (id: number): void => {
      call = id;
      this.#functions.set(id, new Map(guarded));
    };
    try {
      return await this.#channel.request(name, values, { ...options, onId });
    } catch (error) {
      throw thrown ? thrown.error : error;
    } finally {
      if (name !== 'load') this.#functions.delete(call); // a model's listeners hear of what happens later
    }
  }

  /** Sends without waiting; what fails is told on the console, but for what is disposed of with its worker. */
  tell<N extends CallName>(name: N, values: Calls[N]['arguments'], transfer: Transferable[] = []): void {
    this.#channel.request(name, values, { transfer }).catch((error: unknown) => {
      if (name !== 'dispose') console.warn(error);
    });
  }

  /** The picture of a handle: one object for each. */
  picture(facts: PictureFacts): RemotePicture {
    const known = this.#pictures.get(facts.handle) ?? new RemotePicture(this, facts);
    this.#pictures.set(facts.handle, known);
    return known;
  }

  /** Forgets a picture that is gone. */
  forget(picture: RemotePicture): void {
    this.#pictures.delete(picture.handle);
    picture.gone = true;
  }

  /** A step with its picture. */
  step({ picture, ...step }: StepFacts): RemoteStep {
    return { ...step, picture: this.picture(picture) };
  }

  /** Ends every call. @param why for the `device` error that they end with */
  end(why: string): void {
    this.#channel.end(new HyperStyleError('device', why));
  }
}

/** A step in the worker. */
export interface RemoteStep extends InversionStep {
  readonly picture: RemotePicture;
}

/** A picture in the worker. */
export class RemotePicture implements Picture {
  readonly width: number;
  readonly height: number;
  /** @internal */
  readonly handle: Handle;
  /** @internal Whether it was disposed of, by itself or with its person. */
  gone = false;
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection, { handle, width, height }: PictureFacts) {
    this.#connection = connection;
    this.handle = handle;
    this.width = width;
    this.height = height;
  }

  #live(): Handle {
    ensure(!this.gone, 'option', 'this picture was disposed of: keep its inversion, or read its pixels first');
    return this.handle;
  }

  /**
   * Draws into a canvas, which belongs to the worker from then on. What goes wrong in the worker is told on the console.
   * @throws `option` error for what is no canvas or a picture that was disposed of, `device` for a canvas that
   *   has another context
   */
  draw(canvas: Canvas): void {
    const of = this.#live();
    const sent = sendCanvas(canvas);
    this.#connection.tell('draw', { of, canvas: sent }, sent.surface ? [sent.surface] : []);
  }

  async toImageData(): Promise<Pixels> {
    return this.#connection.call('pixels', { of: this.#live() });
  }

  async toFloats(): Promise<Float32Array> {
    return this.#connection.call('floats', { of: this.#live() });
  }

  dispose(): void {
    if (this.gone) return;
    this.#connection.forget(this);
    this.#connection.tell('dispose', { of: this.handle });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
