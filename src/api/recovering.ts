/**
 * A model that outlives its GPU: drivers crash, laptops change cards, phones take memory back. People are shadowed on
 * the host (36 KiB each); after a loss the model is opened again on a fresh adapter, from the cache, and everybody is
 * put back. `recovered-person.ts` has the people.
 */
import type { Timeline } from '../animation/timeline.ts';
import { withPeople } from '../animation/timeline-people.ts';
import type { Architecture } from '../architecture.ts';
import type { MixPart } from '../editing/mixing.ts';
import { ensure, ensureOptions, HyperStyleError, inWords } from '../errors.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { RestyleOptions } from '../method/restyle.ts';
import type { ModelSource } from '../weights/model-source.ts';
import type { StreamOptions, WeightSource } from '../weights/weight-source.ts';
import type { Animated } from './animated.ts';
import type { EditFile, GeneratorSource } from './edit-file.ts';
import type { GenerateOptions } from './generate.ts';
import { HyperStyle } from './hyperstyle.ts';
import type { Inversion } from './inversion.ts';
import type { LoadOptions } from './load-model.ts';
import { ensureCallback } from './options.ts';
import { photoPixels } from './photo-pixels.ts';
import type { PictureSource } from './picture-source.ts';
import type { InvertedPerson, InvertOptions, Model, PersonValues, Picture } from './public.ts';
import { inversionOf, RecoveredPerson } from './recovered-person.ts';
import { type Steps, stepsOf } from './steps.ts';

/** A loss of the GPU, and what came of it. */
export interface Loss {
  readonly reason: GPUDeviceLostReason;
  readonly message: string;
  /** Whether the model goes on, with everybody in it; false: it has been given up. */
  readonly recovered: boolean;
  /** How often it was opened for that. */
  readonly attempts: number;
}

/** Options of {@link loadRecovering}: those of `HyperStyle.load` but a `device`, which only its owner could open again. */
export interface RecoveryOptions extends Omit<LoadOptions, 'device'> {
  /**
   * How often in a row the model is opened again before it is given up, 0 to 10; default 3. A minute without a loss
   * begins anew.
   */
  readonly attempts?: number | undefined;
  /** Told of each loss when it is known what came of it: pictures on the page's canvases are to be drawn again. */
  readonly onLost?: ((loss: Loss) => void) | undefined;
}

/** Opens the model, the first time with the caller's signal and listener. */
type Open = (first?: Pick<RecoveryOptions, 'signal' | 'onProgress'>) => Promise<HyperStyle>;

/** Milliseconds before the second attempt; each later one waits twice as long. */
const FIRST_PAUSE = 500;
/** Losses further apart than this many milliseconds are not the same trouble. */
const CALM = 60_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A model that is opened again when its GPU is lost. Its animations and its pictures of steps, domains and `generate` end with
 * the GPU; people, and what was added to the model, do not.
 */
export class RecoveringModel implements Model {
  readonly name: string;
  readonly architecture: Architecture;
  /** Resolves when the model is given up, or disposed of: `reason` is then `destroyed`. */
  readonly lost: Promise<{ readonly reason: GPUDeviceLostReason; readonly message: string }>;
  readonly #open: Open;
  readonly #limit: number;
  readonly #onLost: ((loss: Loss) => void) | undefined;
  readonly #people = new Set<RecoveredPerson>();
  /** Adds to a model that was opened again what was added to the one before. */
  readonly #additions: ((hs: HyperStyle) => Promise<unknown>)[] = [];
  #now: HyperStyle;
  #next: Promise<HyperStyle>;
  #failures = 0;
  #lastLoss = 0;
  #disposed = false;
  #end: (info: { reason: GPUDeviceLostReason; message: string }) => void = () => undefined;

  private constructor(first: HyperStyle, open: Open, { attempts = 3, onLost }: RecoveryOptions) {
    this.name = first.name;
    this.architecture = first.architecture;
    this.#open = open;
    this.#limit = attempts;
    this.#onLost = onLost;
    this.#now = first;
    this.#next = Promise.resolve(first);
    this.lost = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#watch(first);
  }

  /** See {@link loadRecovering}. */
  static async load(source: ModelSource | WeightSource, options: RecoveryOptions): Promise<RecoveringModel> {
    const { attempts, onLost, signal: _once, onProgress: _told, ...kept } = options;
    ensure(
      attempts === undefined || (Number.isInteger(attempts) && attempts >= 0 && attempts <= 10),
      'option',
      () => `attempts is ${inWords(attempts)}, expected a whole number from 0 to 10`,
    );
    ensureCallback('onLost', onLost);
    ensure(
      !('device' in options),
      'option',
      'a device that is passed cannot be opened again: leave it out, or pass gpu',
    );
    const open: Open = (first = {}) => {
      const all = { ...kept, ...first };
      return isWeights(source) ? HyperStyle.fromWeights(source, all) : HyperStyle.load(source, all);
    };
    return RecoveringModel.over(open, options);
  }

  /** @internal A model that `open` opens, the first time with what concerns only that. */
  static async over(open: Open, options: RecoveryOptions): Promise<RecoveringModel> {
    const { signal, onProgress } = options;
    return new RecoveringModel(await open({ signal, onProgress }), open, options);
  }

  #watch(hs: HyperStyle): void {
    hs.lost.then((info) => {
      if (this.#disposed || hs !== this.#now) return;
      this.#next = this.#recover(info);
      this.#next.catch(() => undefined); // whoever calls is told
    });
  }

  async #recover({ reason, message }: GPUDeviceLostInfo): Promise<HyperStyle> {
    const now = performance.now();
    if (now - this.#lastLoss > CALM) this.#failures = 0;
    this.#lastLoss = now;
    this.#now.dispose();
    let why = message;
    for (let tried = 1; this.#failures < this.#limit && !this.#disposed; tried++) {
      this.#failures += 1;
      if (this.#failures > 1) await pause(FIRST_PAUSE * 2 ** (this.#failures - 2));
      try {
        const hs = await this.#open();
        for (const add of this.#additions) await add(hs);
        for (const person of this.#people) await person.moveTo(hs);
        if (this.#disposed) break;
        this.#now = hs;
        this.#watch(hs);
        this.#onLost?.({ reason, message, recovered: true, attempts: tried });
        return hs;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
    }
    const attempts = this.#limit;
    if (!this.#disposed) this.#onLost?.({ reason, message, recovered: false, attempts });
    this.#end({ reason, message });
    throw new HyperStyleError('device', `the GPU was lost and could not be opened again (${why}): reload the page`);
  }

  /** @internal Does `work` with the model of the moment, once more where the GPU was lost meanwhile. */
  async with<T>(work: (hs: HyperStyle) => Promise<T>): Promise<T> {
    for (;;) {
      const hs = await this.#next;
      try {
        return await work(hs);
      } catch (error) {
        const mayBeLoss = error instanceof HyperStyleError && error.code === 'device';
        if (!mayBeLoss || this.#disposed) throw error;
        const isLost = await Promise.race([hs.lost.then(() => true), pause(100).then(() => false)]);
        if (!isLost) throw error;
      }
    }
  }

  /** @internal */
  leave(person: RecoveredPerson): void {
    this.#people.delete(person);
  }

  async #keep(hs: HyperStyle, inversion: Inversion): Promise<RecoveredPerson> {
    const person = new RecoveredPerson(this, hs, inversion, await inversion.values());
    this.#people.add(person);
    return person;
  }

  /** What the GPU adapter of the moment calls itself. */
  get adapter(): string {
    return this.#now.adapter;
  }

  get directions(): readonly string[] {
    return this.#now.directions;
  }

  get domains(): readonly string[] {
    return this.#now.domains;
  }

  /** Adds something now, and again after each loss. */
  async #add<T>(add: (hs: HyperStyle) => Promise<T>): Promise<T> {
    const added = await this.with(add);
    this.#additions.push(add);
    return added;
  }

  /** As {@link HyperStyle.addDirections}; the files are read again after a loss. */
  addDirections(files: readonly EditFile[]): Promise<readonly string[]> {
    return this.#add((hs) => hs.addDirections(files));
  }

  /** As {@link HyperStyle.addDomain}; its source is read again after a loss. */
  addDomain(name: string, generator: GeneratorSource): Promise<void> {
    return this.#add((hs) => hs.addDomain(name, generator));
  }

  /** As {@link HyperStyle.addRestyle}; its source is read again after a loss. */
  addRestyle(restyle: GeneratorSource, options: RestyleOptions = {}): Promise<void> {
    return this.#addStreamed('addRestyle', options, (hs, now) => hs.addRestyle(restyle, now));
  }

  /** As {@link HyperStyle.addE4e}; its source is read again after a loss. */
  addE4e(e4e: GeneratorSource, options: StreamOptions = {}): Promise<void> {
    return this.#addStreamed('addE4e', options, (hs, now) => hs.addE4e(e4e, now));
  }

  /** {@link #add} of what takes a signal and a listener: they are the caller's, who does not wait for later times. */
  async #addStreamed<O extends StreamOptions>(
    what: string,
    options: O,
    add: (hs: HyperStyle, options: Omit<O, keyof StreamOptions> & StreamOptions) => Promise<void>,
  ): Promise<void> {
    ensureOptions(what, options);
    const { signal, onProgress, ...kept } = options;
    let callers: StreamOptions = { signal, onProgress };
    try {
      await this.#add((hs) => add(hs, { ...kept, ...callers }));
    } finally {
      callers = {};
    }
  }

  mix(parts: readonly MixPart<InvertedPerson>[]): Promise<RecoveredPerson> {
    return this.with(async (hs) => {
      const own: MixPart<Inversion>[] = [];
      for (const [n, part] of parts.entries()) {
        own.push({ ...part, person: await inversionOf(hs, `mix: person ${n}`, part?.person) });
      }
      return this.#keep(hs, await hs.mix(own));
    });
  }

  animate(timeline: Timeline<InvertedPerson>): Promise<Animated> {
    return this.with(async (hs) =>
      hs.animate(await withPeople(timeline, (person) => inversionOf(hs, 'animation: a person', person))),
    );
  }

  async invert(photo: PictureSource, options: InvertOptions = {}): Promise<RecoveredPerson> {
    const kept = photo instanceof Blob ? photo : await photoPixels(photo); // for a second time
    return this.with(async (hs) => this.#keep(hs, await hs.invert(kept, options)));
  }

  steps(photo: PictureSource, options: Omit<InvertOptions, 'onStep'> = {}): Steps {
    return stepsOf(this, photo, options);
  }

  restore(identity: Uint8Array | ArrayBuffer | PersonValues): Promise<RecoveredPerson> {
    return this.with(async (hs) => this.#keep(hs, await hs.restore(identity)));
  }

  findFaces(photo: PictureSource, options: FindOptions = {}): Promise<FoundFaces> {
    return this.with((hs) => hs.findFaces(photo, options));
  }

  generate(options: GenerateOptions = {}): Promise<Picture> {
    return this.with((hs) => hs.generate(options));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#next.then((hs) => hs.dispose()).catch(() => undefined); // given up already
    this.#now.dispose();
    this.#people.clear();
    this.#end({ reason: 'destroyed', message: 'the model was disposed of' });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

const isWeights = (source: ModelSource | WeightSource): source is WeightSource =>
  typeof source === 'object' && source !== null && 'stream' in source;
