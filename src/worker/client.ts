/**
 * A model that runs in a worker, as a page sees it: the same interfaces (`api/public.ts`) over messages.
 * Pictures stay in the worker and are drawn into canvases there; pixels come back moved, not copied.
 * `remote-person.ts` and `remote-animation.ts` have what it makes, `connection.ts` carries the calls.
 */
import type { Timeline } from '../animation/timeline.ts';
import type { EditFile, GeneratorSource } from '../api/edit-file.ts';
import type { GenerateOptions } from '../api/generate.ts';
import type { PictureSource } from '../api/picture-source.ts';
import type { InvertedPerson, InvertOptions, Model, PersonValues, Picture } from '../api/public.ts';
import { type Steps, stepsOf } from '../api/steps.ts';
import { type Architecture, generatorLayers } from '../architecture.ts';
import type { MixPart } from '../editing/mixing.ts';
import { ensure, ensureOptions, ensureSignal, inWords } from '../errors.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { RestyleOptions } from '../method/restyle.ts';
import type { ModelSource } from '../weights/model-source.ts';
import type { StreamOptions } from '../weights/weight-source.ts';
import type { Connection, RemotePicture } from './connection.ts';
import type { WorkerOptions } from './load.ts';
import type { Handle, ModelFacts, ModelNames, StepFacts } from './messages.ts';
import { RemoteAnimation } from './remote-animation.ts';
import { RemotePerson } from './remote-person.ts';
import { sendFiles, sendGenerator, sendPicture, splitOptions } from './sending.ts';
import { sendTimeline } from './timelines.ts';

/** A model in a worker. */
export class RemoteModel implements Model, AsyncDisposable {
  readonly name: string;
  /** What the GPU adapter calls itself. */
  readonly adapter: string;
  readonly architecture: Architecture;
  readonly #connection: Connection;
  readonly #handle: Handle;
  readonly #layers: number;
  readonly #stop: (() => void) | undefined;
  #names: ModelNames;
  #disposed = false;

  private constructor(connection: Connection, facts: ModelFacts, stop: (() => void) | undefined) {
    this.#connection = connection;
    this.#handle = facts.handle;
    this.#stop = stop;
    this.name = facts.name;
    this.adapter = facts.adapter;
    this.architecture = facts.architecture;
    this.#names = facts.names;
    this.#layers = generatorLayers(facts.architecture).length;
  }

  /**
   * @internal Loads as `HyperStyle.load` does; see {@link loadInWorker}.
   * @param stop ends the worker where it is this model's own
   */
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

  get directions(): readonly string[] {
    return this.#names.directions;
  }

  get domains(): readonly string[] {
    return this.#names.domains;
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

  async addDirections(files: readonly EditFile[]): Promise<readonly string[]> {
    const sent = await sendFiles('addDirections', files);
    const { added, ...names } = await this.#connection.call('addDirections', { of: this.#handle, files: sent });
    this.#names = names;
    return added;
  }

  async addDomain(name: string, generator: GeneratorSource): Promise<void> {
    const sent = await sendGenerator('addDomain', generator);
    this.#names = await this.#connection.call('addDomain', { of: this.#handle, domain: name, generator: sent });
  }

  async addRestyle(restyle: GeneratorSource, options: RestyleOptions = {}): Promise<void> {
    await this.#addEncoder('addRestyle', restyle, options);
  }

  async addE4e(e4e: GeneratorSource, options: StreamOptions = {}): Promise<void> {
    await this.#addEncoder('addE4e', e4e, options);
  }

  async #addEncoder(what: 'addRestyle' | 'addE4e', from: GeneratorSource, options: RestyleOptions): Promise<void> {
    ensureOptions(what, options);
    const { signal, ...given } = options;
    ensureSignal(signal);
    const { functions, ...sent } = splitOptions(given);
    const values = { of: this.#handle, from: await sendGenerator(what, from), ...sent };
    await this.#connection.call(what, values, { signal, functions });
  }

  async mix(parts: readonly MixPart<InvertedPerson>[]): Promise<RemotePerson> {
    ensure(Array.isArray(parts), 'option', () => `mix got ${inWords(parts)}, expected a list of {person, weight}`);
    const sent = parts.map((part, n) => ({ ...part, person: this.#handleOf(`mix: person ${n}`, part?.person) }));
    const facts = await this.#connection.call('mix', { of: this.#handle, parts: sent });
    return new RemotePerson(this.#connection, facts, this.#layers);
  }

  async animate(timeline: Timeline<InvertedPerson>): Promise<RemoteAnimation> {
    ensureOptions('animate', timeline);
    const sent = await sendTimeline(timeline, (person) => this.#handleOf('animation: a person', person));
    const facts = await this.#connection.call('animate', { of: this.#handle, timeline: sent });
    return new RemoteAnimation(this.#connection, facts);
  }

  #handleOf(what: string, person: unknown): Handle {
    return RemotePerson.handleOf(this.#connection, what, person);
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
