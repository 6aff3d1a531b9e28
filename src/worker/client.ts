/**
 * A model that runs in a worker, as a page sees it: the same interfaces (`api/public.ts`) over messages.
 * Pictures stay in the worker and are drawn into canvases there; pixels come back moved, not copied.
 */
import type { Canvas } from '../api/canvas.ts';
import type { Edits } from '../api/edits.ts';
import type { PasteFaceOptions } from '../api/face-finder.ts';
import type { GenerateOptions } from '../api/generate.ts';
import type { IdentityOptions } from '../api/identity.ts';
import type { EditOptions } from '../api/inversion.ts';
import type { LoadOptions } from '../api/load-model.ts';
import { ensureOptions, ensureSignal } from '../api/options.ts';
import type { PictureSource, RgbaPixels } from '../api/picture-source.ts';
import type {
  InversionStep,
  InvertOptions,
  Look,
  Model,
  Person,
  PersonValues,
  Picture,
  Pixels,
} from '../api/public.ts';
import { type Steps, stepsOf } from '../api/steps.ts';
import { type Architecture, generatorLayers } from '../architecture.ts';
import { HyperStyleError } from '../errors.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { ModelSource } from '../weights/model-folder.ts';
import { Channel, type Port, type RequestOptions } from './channel.ts';
import type {
  CallName,
  Calls,
  Handle,
  ModelFacts,
  PersonFacts,
  PictureFacts,
  SentLook,
  StepFacts,
} from './messages.ts';
import { type Callback, sendCanvas, sendPicture, splitOptions } from './sending.ts';

/** The page's end: calls with functions among their options, and the pictures that are known here. */
export class Connection {
  readonly #channel: Channel;
  readonly #functions = new Map<number, ReadonlyMap<string, Callback>>();
  readonly #pictures = new Map<Handle, RemotePicture>();

  constructor(port: Port) {
    this.#channel = new Channel(port, async (request) => {
      if (request.name !== 'callback') throw new HyperStyleError('option', 'a page has no models');
      return { value: await this.#functions.get(request.call)?.get(request.run)?.(...request.values) };
    });
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
  forget(handle: Handle): void {
    this.#pictures.delete(handle);
  }

  step({ picture, ...step }: StepFacts): InversionStep {
    return { ...step, picture: this.picture(picture) };
  }

  /** Ends every call. */
  end(): void {
    this.#channel.end(new HyperStyleError('device', 'the worker was stopped: load the model again'));
  }
}

/** A picture in the worker. */
class RemotePicture implements Picture {
  readonly width: number;
  readonly height: number;
  readonly #connection: Connection;
  readonly #handle: Handle;

  constructor(connection: Connection, { handle, width, height }: PictureFacts) {
    this.#connection = connection;
    this.#handle = handle;
    this.width = width;
    this.height = height;
  }

  /** Draws into a canvas, which belongs to the worker from then on. @throws `option`, `device` errors of the canvas */
  draw(canvas: Canvas): void {
    const { canvas: number, surface } = sendCanvas(canvas);
    this.#connection.tell('draw', { of: this.#handle, canvas: number, surface }, surface ? [surface] : []);
  }

  toImageData(): Promise<Pixels> {
    return this.#connection.call('pixels', { of: this.#handle });
  }

  toFloats(): Promise<Float32Array> {
    return this.#connection.call('floats', { of: this.#handle });
  }

  dispose(): void {
    this.#connection.forget(this.#handle);
    this.#connection.tell('dispose', { of: this.#handle });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A person in the worker. */
export class RemotePerson implements Person {
  readonly steps: readonly InversionStep[];
  readonly width: number;
  readonly height: number;
  readonly #connection: Connection;
  readonly #handle: Handle;
  readonly #layers: number;
  #shown: Picture | undefined;

  /** @param layers of the generator, for strengths by layer */
  constructor(connection: Connection, { handle, width, height, steps }: PersonFacts, layers: number) {
    this.#connection = connection;
    this.#handle = handle;
    this.#layers = layers;
    this.width = width;
    this.height = height;
    this.steps = steps.map((step) => connection.step(step));
    this.#shown = this.steps.at(-1)?.picture;
  }

  get picture(): Picture {
    if (this.#shown) return this.#shown;
    throw new HyperStyleError('option', 'this inversion was disposed of: invert the photo again');
  }

  draw(canvas: Canvas): void {
    this.picture.draw(canvas);
  }

  async toImageData(): Promise<Pixels> {
    return this.picture.toImageData();
  }

  async edit(edits: Edits, options: EditOptions = {}): Promise<void> {
    this.#show(await this.#connection.call('edit', { of: this.#handle, edits, options }));
  }

  async show({ strength, ...look }: Look): Promise<void> {
    const each =
      typeof strength === 'function' ? Array.from({ length: this.#layers }, (_, i) => strength(i)) : strength;
    const sent: SentLook = { ...look, strength: each };
    this.#show(await this.#connection.call('show', { of: this.#handle, look: sent }));
  }

  #show(facts: PictureFacts): void {
    this.#shown = this.#connection.picture(facts);
  }

  async pasteInto(source: PictureSource, options: PasteFaceOptions = {}): Promise<RgbaPixels> {
    const { photo, transfer } = await sendPicture(source);
    return this.#connection.call('paste', { of: this.#handle, photo, options }, { transfer });
  }

  values(): Promise<PersonValues> {
    return this.#connection.call('values', { of: this.#handle });
  }

  identity(options: IdentityOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#connection.call('identity', { of: this.#handle, options });
  }

  dispose(): void {
    this.#shown = undefined;
    this.#connection.tell('dispose', { of: this.#handle });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A model in a worker. */
export class RemoteModel implements Model {
  readonly name: string;
  /** What the GPU adapter calls itself. */
  readonly adapter: string;
  readonly architecture: Architecture;
  readonly directions: readonly string[];
  readonly #connection: Connection;
  readonly #handle: Handle;
  readonly #layers: number;
  readonly #stop: (() => void) | undefined;
  #disposed = false;

  private constructor(connection: Connection, facts: ModelFacts, stop: (() => void) | undefined) {
    this.#connection = connection;
    this.#handle = facts.handle;
    this.#stop = stop;
    this.name = facts.name;
    this.adapter = facts.adapter;
    this.architecture = facts.architecture;
    this.directions = facts.directions;
    this.#layers = generatorLayers(facts.architecture).length;
  }

  /** Loads as `HyperStyle.load` does; see {@link loadInWorker}. @param stop ends the worker where it is this model's own */
  static async load(
    connection: Connection,
    source: ModelSource,
    { signal, ...given }: LoadOptions,
    stop?: () => void,
  ): Promise<RemoteModel> {
    const { functions, ...sent } = splitOptions(given);
    const address =
      typeof source === 'string' || source instanceof URL ? new URL(source, globalThis.location?.href) : source;
    const where = address instanceof URL ? address.href : address;
    const facts = await connection.call('load', { source: where, ...sent }, { signal, functions });
    return new RemoteModel(connection, facts, stop);
  }

  /** Resolves when the worker or its GPU is gone; `reason` is `destroyed` after {@link dispose}. */
  get lost(): Promise<{ readonly reason: GPUDeviceLostReason; readonly message: string }> {
    return this.#connection.call('lost', { of: this.#handle }).catch((error: unknown) => ({
      reason: this.#disposed ? 'destroyed' : 'unknown',
      message: error instanceof Error ? error.message : String(error),
    }));
  }

  async invert(source: PictureSource, options: InvertOptions = {}): Promise<RemotePerson> {
    ensureOptions('invert', options);
    ensureSignal(options.signal);
    const { signal, onStep, ...given } = options;
    const { functions, ...sent } = splitOptions({ ...given, onStep });
    if (onStep) functions.set('onStep', (step) => onStep(this.#connection.step(step as StepFacts)));
    const { photo, transfer } = await sendPicture(source);
    const facts = await this.#connection.call(
      'invert',
      { of: this.#handle, photo, ...sent },
      { transfer, signal, functions },
    );
    return new RemotePerson(this.#connection, facts, this.#layers);
  }

  /** The steps of an inversion one by one, as `HyperStyle.steps`. */
  steps(photo: PictureSource, options: Omit<InvertOptions, 'onStep'> = {}): Steps {
    return stepsOf(this, photo, options);
  }

  async restore(identity: Uint8Array | ArrayBuffer | PersonValues): Promise<RemotePerson> {
    const facts = await this.#connection.call('restore', { of: this.#handle, identity });
    return new RemotePerson(this.#connection, facts, this.#layers);
  }

  async findFaces(source: PictureSource, options: FindOptions = {}): Promise<FoundFaces> {
    const { photo, transfer } = await sendPicture(source);
    return this.#connection.call('findFaces', { of: this.#handle, photo, options }, { transfer });
  }

  async generate(options: GenerateOptions = {}): Promise<Picture> {
    return this.#connection.picture(await this.#connection.call('generate', { of: this.#handle, options }));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#stop) this.#stop();
    else this.#connection.tell('dispose', { of: this.#handle });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
