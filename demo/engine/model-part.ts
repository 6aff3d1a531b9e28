/** The engine's section for models: load one from anywhere, tell what it is, and say when its GPU is gone. */
import {
  type CheckpointKind,
  type Conv2dVariant,
  checkpointKind,
  HyperStyle,
  HyperStyleError,
  type KernelTiming,
  type LoadProgress,
  type ModelSource,
  type Precision,
} from '../../src/index.ts';
import { type ModelFacts, OWN, type Progress } from './facts.ts';
import { convertAndKeep, forgetOwnModel, ownModel, ownModels } from './own-models.ts';
import { bitmapOf, type DrawMode, setDrawMode } from './pictures.ts';
import type { Session } from './session.ts';

/** How a model is loaded. */
export interface LoadOrder {
  /** A folder's address, that of a model of the visitor's own that was kept, a folder's files, or checkpoints. */
  readonly source: string | readonly File[];
  /** Address of the face models. */
  readonly faces: string;
  /** Words from the address, checked by the library, which lists those it knows. */
  readonly kernels: string | null;
  readonly precision: string | null;
  readonly tune: boolean;
  readonly draw: DrawMode;
  /** Whether it is the model in use, whose GPU was lost: what was added to it is added again. */
  readonly again: boolean;
}

/** What the page is told while a model is loaded, and afterwards. */
export interface LoadListener {
  progress(progress: LoadProgress): void;
  /** Checkpoints are converted before they are loaded. */
  converting(progress: Progress): void;
  /** The GPU is gone under the model; `message` is the browser's. */
  lost(message: string): void;
}

/** Whether an adapter computes on the CPU. */
export const isSoftware = (adapter: string): boolean => /swiftshader|llvmpipe|lavapipe/i.test(adapter);

/** Loads and describes models. */
export class ModelPart {
  readonly #session: Session;
  #loading: AbortController | undefined;
  #kernels: readonly string[] = [];
  #address: string | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Loads a model; a load before it is called off. The model in use stays until the new one is there.
   * @throws as `HyperStyle.load`; `aborted` when another load has taken its place
   */
  async load(order: LoadOrder, listener: LoadListener): Promise<ModelFacts> {
    this.#loading?.abort();
    const own = new AbortController();
    this.#loading = own;
    setDrawMode(order.draw);
    const { kernels, precision, tune, faces } = order;
    const { source, address } = await this.#sourceOf(order.source, listener, own.signal);
    const model = await HyperStyle.load(source, {
      onProgress: (progress) => listener.progress(progress),
      signal: own.signal,
      faces,
      tune,
      ...(kernels === null ? {} : { kernels: kernels as Conv2dVariant }),
      ...(precision === null ? {} : { precision: precision as Precision }),
    });
    try {
      if (order.again) await this.#session.addAgain(model);
      await this.#session.job(async () => {
        if (own.signal.aborted) throw new HyperStyleError('aborted', 'called off at the last moment');
        this.#session.takeModel(model, { again: order.again });
      });
    } catch (error) {
      model.dispose();
      throw error;
    }
    this.#kernels = model.kernels.rungs;
    this.#address = address;
    model.lost.then(({ reason, message }) => {
      if (reason !== 'destroyed' && this.#session.has(model)) listener.lost(message);
    });
    return this.facts();
  }

  /** What the library loads, and the address that opens the same again, where there is one. */
  async #sourceOf(
    given: LoadOrder['source'],
    listener: LoadListener,
    signal: AbortSignal,
  ): Promise<{ source: ModelSource; address: string | null }> {
    if (typeof given === 'string') {
      return { source: given.startsWith(OWN) ? await ownModel(given) : given, address: given };
    }
    if (given.some(({ name }) => name === 'model.json')) return { source: given, address: null };
    const onProgress = (progress: Progress): void => listener.converting(progress);
    const { files, address } = await convertAndKeep(given, { signal, onProgress });
    return { source: files, address };
  }

  /** Which networks each of some files holds. */
  kindsOf(files: readonly File[]): Promise<(CheckpointKind | null)[]> {
    return Promise.all(files.map(checkpointKind));
  }

  /** Names of the visitor's own models that are kept on this machine. */
  own(): Promise<string[]> {
    return ownModels();
  }

  /** Forgets one of them. */
  forgetOwn(name: string): Promise<void> {
    return forgetOwnModel(name);
  }

  /** Adds a domain from a generator's checkpoint. */
  async addDomain(name: string, file: File): Promise<void> {
    await this.#session.model.addDomain(name, file);
    this.#session.additions.push((model) => model.addDomain(name, file));
  }

  /** Adds ReStyle-e4e, whose latents the next inversions are shown with in other domains. */
  async addRestyle(file: File): Promise<void> {
    await this.#session.model.addRestyle(file);
    this.#session.additions.push((model) => model.addRestyle(file));
  }

  /** Adds e4e's encoder, with whose latents the next inversions begin. */
  async addE4e(file: File): Promise<void> {
    await this.#session.model.addE4e(file);
    this.#session.additions.push((model) => model.addE4e(file));
    this.#session.encoder = 'e4e';
  }

  /** Calls the load under way off. */
  cancelLoad(): void {
    this.#loading?.abort();
  }

  /** What the page tells of the model. */
  facts(): ModelFacts {
    const { model } = this.#session;
    const { architecture, adapter } = model;
    const [from, to] = architecture.cropRows ?? [0, architecture.inputSize];
    return {
      name: model.name,
      address: this.#address,
      width: architecture.size,
      height: Math.round((architecture.size * (to - from)) / architecture.inputSize),
      inputSize: architecture.inputSize,
      faces: architecture.cropRows === null,
      directions: model.directions,
      domains: model.domains,
      latentCount: architecture.latentCount,
      adapter,
      software: isSoftware(adapter),
      memory: model.memory().total,
      kernels: this.#kernels,
    };
  }

  /** A picture of nobody. */
  async generate(seed: number, truncation: number): Promise<ImageBitmap> {
    return this.#session.job(async () => {
      const picture = await this.#session.model.generate({ seed, truncation });
      this.#session.takePhoto(null);
      this.#session.showOther(picture);
      return bitmapOf(picture);
    });
  }

  /** Adds directions from files. @returns their names */
  async addDirections(files: readonly File[]): Promise<readonly string[]> {
    return this.#session.model.addDirections(files);
  }

  /** Microseconds of every dispatch; null where the browser has no such clock. */
  timings(): Promise<readonly KernelTiming[] | null> {
    return this.#session.after(() => this.#session.model.timings());
  }

  /** Every dispatch of every graph as a table. */
  plan(): string {
    return this.#session.model.plan();
  }

  /** GPU memory in bytes at this moment. */
  memory(): number {
    return this.#session.model.memory().total;
  }

  /** Forgets every model that was kept on this machine. */
  async clearCache(): Promise<void> {
    await HyperStyle.clearCache();
  }
}
