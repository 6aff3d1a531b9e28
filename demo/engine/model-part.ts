/** The engine's section for models: load one from anywhere, tell what it is, and say when its GPU is gone. */
import { type Conv2dVariant, HyperStyle, HyperStyleError, type LoadProgress, type Precision } from '../../src/index.ts';
import type { ModelFacts } from './facts.ts';
import { bitmapOf, type DrawMode, setDrawMode } from './pictures.ts';
import type { Session } from './session.ts';

/** How a model is loaded. */
export interface LoadOrder {
  /** A folder's address, its files, or a pair of checkpoints. */
  readonly source: string | readonly File[];
  /** Address of the face models. */
  readonly faces: string;
  /** Words from the address, checked by the library, which lists those it knows. */
  readonly kernels: string | null;
  readonly precision: string | null;
  readonly tune: boolean;
  readonly draw: DrawMode;
}

/** What the page is told while a model is loaded, and afterwards. */
export interface LoadListener {
  progress(progress: LoadProgress): void;
  /** The GPU is gone under the model; `message` is the browser's. */
  lost(message: string): void;
}

/** Loads and describes models. */
export class ModelPart {
  readonly #session: Session;
  #loading: AbortController | undefined;
  #kernels: readonly string[] = [];

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
    const { source, kernels, precision, tune, faces } = order;
    const model = await HyperStyle.load(source, {
      onProgress: (progress) => listener.progress(progress),
      signal: own.signal,
      faces,
      tune,
      ...(kernels === null ? {} : { kernels: kernels as Conv2dVariant }),
      ...(precision === null ? {} : { precision: precision as Precision }),
    });
    try {
      await this.#session.job(async () => {
        if (own.signal.aborted) throw new HyperStyleError('aborted', 'called off at the last moment');
        this.#session.takeModel(model);
      });
    } catch (error) {
      model.dispose();
      throw error;
    }
    this.#kernels = model.kernels.rungs;
    model.lost.then(({ reason, message }) => {
      if (reason !== 'destroyed' && this.#session.has(model)) listener.lost(message);
    });
    return this.facts();
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
      width: architecture.size,
      height: Math.round((architecture.size * (to - from)) / architecture.inputSize),
      inputSize: architecture.inputSize,
      faces: architecture.cropRows === null,
      directions: model.directions,
      domains: model.domains,
      latentCount: architecture.latentCount,
      adapter,
      software: /swiftshader|llvmpipe|lavapipe/i.test(adapter),
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
