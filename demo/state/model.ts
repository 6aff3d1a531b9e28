/** The model in use and the one under way: where it comes from, what it is, its sample portraits, its GPU. */
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import { HyperStyleError, type LoadProgress, modelFileUrl } from '../../src/index.ts';
import { type ModelFacts, OWN, type Progress } from '../engine/facts.ts';
import type { DrawMode } from '../engine/pictures.ts';
import type { RemoteEngine } from '../engine/remote.ts';
import type { Address } from './address.ts';
import { humanBytes, humanSeconds } from './words.ts';

/** Where a model comes from. */
export type ModelSourceGiven = string | readonly File[];

/** A load under way. */
export interface LoadingView {
  readonly phase: string;
  /** Undefined while unknown. */
  readonly share: number | undefined;
  readonly detail: string;
}

/** Addresses of what ships with the page. */
export interface Places {
  readonly model: string;
  readonly faces: string;
}

/** The model's state. */
export class ModelState {
  readonly facts = signal<ModelFacts | null>(null);
  readonly loading = signal<LoadingView | null>(null);
  readonly samples = signal<readonly string[]>([]);
  /** Names of the visitor's own models that are kept on this machine. */
  readonly own = signal<readonly string[]>([]);
  /** Whether the GPU was lost and is not back yet. */
  readonly lost = signal(false);
  readonly #engine: RemoteEngine;
  readonly #places: Places;
  readonly #draw: DrawMode;
  readonly #onLost: (message: string) => void;
  #newest = 0;
  #source: ModelSourceGiven;

  constructor(engine: RemoteEngine, places: Places, draw: DrawMode, onLost: (message: string) => void) {
    this.#engine = engine;
    this.#places = places;
    this.#draw = draw;
    this.#onLost = onLost;
    this.#source = places.model;
  }

  /** The address of the model in use when it is not the one that ships; files have none. */
  get address(): string | null {
    return typeof this.#source === 'string' && this.#source !== this.#places.model ? this.#source : null;
  }

  /**
   * Loads a model; a load before it is called off.
   * @param again whether it is the one in use: what was added to it is added again
   * @throws as the library's `load`; `aborted` when another load has taken its place
   */
  async load(
    source: ModelSourceGiven | null,
    address: Pick<Address, 'kernels' | 'precision' | 'tune'>,
    again = false,
  ): Promise<void> {
    const own = ++this.#newest;
    const from = source ?? this.#places.model;
    this.loading.value = { phase: 'Loading the model', share: undefined, detail: '' };
    const listener = {
      progress: (progress: LoadProgress): void => {
        if (own === this.#newest && this.loading.value) this.loading.value = viewOf(progress);
      },
      converting: ({ phase, done, total }: Progress): void => {
        if (own !== this.#newest || !this.loading.value) return;
        const detail = `${humanBytes(done)} of ${humanBytes(total)}`;
        this.loading.value = { phase, share: total > 0 ? done / total : undefined, detail };
      },
      lost: (message: string): void => {
        this.lost.value = true;
        this.#onLost(message);
      },
    };
    try {
      const { kernels, precision, tune } = address;
      const order = { source: from, faces: this.#places.faces, draw: this.#draw, kernels, precision, tune, again };
      const facts = await this.#engine.model.load(order, proxy(listener));
      if (own !== this.#newest) throw new HyperStyleError('aborted', 'another model has taken its place');
      this.#source = facts.address ?? from;
      this.lost.value = false;
      if (!again) this.samples.value = [];
      this.facts.value = facts;
    } finally {
      if (own === this.#newest) this.loading.value = null;
    }
    if (again) return;
    const urls = typeof from === 'string' && !from.startsWith(OWN) ? await sampleUrls(from).catch(() => []) : [];
    if (own === this.#newest) this.samples.value = urls;
    await this.listOwn();
  }

  /** Loads the model in use again, after its GPU was lost. */
  reload(address: Pick<Address, 'kernels' | 'precision' | 'tune'>): Promise<void> {
    return this.load(this.#source, address, true);
  }

  /** Asks which of the visitor's own models are kept. */
  async listOwn(): Promise<void> {
    this.own.value = await this.#engine.model.own();
  }

  /** Forgets one of them. */
  async forgetOwn(name: string): Promise<void> {
    await this.#engine.model.forgetOwn(name);
    await this.listOwn();
  }

  /** Calls the load under way off. */
  cancel(): void {
    this.#newest++;
    this.loading.value = null;
    void this.#engine.model.cancelLoad();
  }

  /** Asks again what the model is: directions or domains were added. */
  async refresh(): Promise<void> {
    this.facts.value = await this.#engine.model.facts();
  }
}

/** A load as people read it. */
export function viewOf({ loadedBytes, totalBytes, bytesPerSecond, remainingSeconds }: LoadProgress): LoadingView {
  const phase = 'Loading the model';
  if (!(totalBytes > 0)) return { phase, share: undefined, detail: '' };
  if (loadedBytes >= totalBytes) return { phase: 'Preparing the GPU', share: undefined, detail: '' };
  const parts = [`${humanBytes(loadedBytes)} of ${humanBytes(totalBytes)}`];
  if (bytesPerSecond > 0) parts.push(`${humanBytes(bytesPerSecond)}/s`);
  if (Number.isFinite(remainingSeconds)) parts.push(`${humanSeconds(remainingSeconds)} left`);
  return { phase, share: loadedBytes / totalBytes, detail: parts.join(' · ') };
}

/** Sample pictures of a model folder on a server; how many there are stands in `samples/expected.json`. */
async function sampleUrls(folder: string): Promise<string[]> {
  const { mse }: { mse: number[][] } = await (await fetch(modelFileUrl(folder, 'samples/expected.json'))).json();
  return (mse[0] ?? []).map((_, i) => modelFileUrl(folder, `samples/portrait-${i}.png`).href);
}
