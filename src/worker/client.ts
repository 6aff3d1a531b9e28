/**
 * A model that runs in a worker, as a page sees it: the same interfaces (`api/public.ts`) over messages.
 * Pictures stay in the worker and are drawn into canvases there; pixels come back moved, not copied.
 * `connection.ts` carries the calls.
 */
import type { Canvas } from '../api/canvas.ts';
import type { Edits } from '../api/edits.ts';
import type { PasteFaceOptions } from '../api/face-finder.ts';
import type { GenerateOptions } from '../api/generate.ts';
import type { IdentityOptions } from '../api/identity.ts';
import type { EditOptions } from '../api/inversion.ts';
import { ensureOptions, ensureSignal } from '../api/options.ts';
import type { PictureSource, RgbaPixels } from '../api/picture-source.ts';
import type { InvertOptions, Look, Model, Person, PersonValues, Picture, Pixels } from '../api/public.ts';
import { type Steps, stepsOf } from '../api/steps.ts';
import { type Architecture, generatorLayers } from '../architecture.ts';
import { HyperStyleError } from '../errors.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { ModelSource } from '../weights/model-folder.ts';
import type { Connection, RemotePicture, RemoteStep } from './connection.ts';
import type { WorkerOptions } from './load.ts';
import type { Handle, ModelFacts, PersonFacts, PictureFacts, SentLook, StepFacts } from './messages.ts';
import { sendPicture, splitOptions } from './sending.ts';

/** A person in the worker. */
export class RemotePerson implements Person {
  readonly steps: readonly RemoteStep[];
  readonly width: number;
  readonly height: number;
  readonly #connection: Connection;
  readonly #handle: Handle;
  readonly #layers: number;
  #shown: RemotePicture | undefined;

  /** @internal @param layers of the generator, for strengths by layer */
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
    const before = this.#shown;
    this.#shown = this.#connection.picture(facts);
    if (before && before !== this.#shown && !this.#isStep(before)) this.#connection.forget(before);
  }

  #isStep(picture: RemotePicture): boolean {
    return this.steps.some((step) => step.picture === picture);
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
    if (!this.#shown) return;
    for (const picture of [this.#shown, ...this.steps.map((step) => step.picture)]) this.#connection.forget(picture);
    this.#shown = undefined;
    this.#connection.tell('dispose', { of: this.#handle });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A model in a worker. */
export class RemoteModel implements Model, AsyncDisposable {
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

  /** @internal Loads as `HyperStyle.load` does; see {@link loadInWorker}. @param stop ends the worker where it is this model's own */
  static async load(
    connection: Connection,
    source: ModelSource,
    { signal, ...given }: Omit<WorkerOptions, 'worker'>,
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
    const told: RemotePicture[] = [];
    if (onStep) {
      functions.set('onStep', (facts) => {
        const step = this.#connection.step(facts as StepFacts);
        told.push(step.picture);
        return onStep(step);
      });
    }
    const { photo, transfer } = await sendPicture(source);
    const values = { of: this.#handle, photo, ...sent };
    try {
      const facts = await this.#connection.call('invert', values, { transfer, signal, functions });
      return new RemotePerson(this.#connection, facts, this.#layers);
    } catch (error) {
      for (const picture of told) picture.dispose(); // they have no person
      throw error;
    }
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
    this[Symbol.asyncDispose]().catch(() => undefined); // what is disposed of with its worker is gone as well
  }

  /** {@link dispose}, for `await using`: waits until the worker has given the model's memory back. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#stop) this.#stop();
    else await this.#connection.call('dispose', { of: this.#handle });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
