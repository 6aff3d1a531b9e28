/**
 * Everything that latent optimisation and pivotal tuning keep on the device beside a HyperStyle model: the generator
 * that shows tuned people, and the network that learns, kept from one call to the next of the same kind so that the
 * second makes nothing new. Its methods must run inside the runtime's `exclusive`.
 */
import { outputRows } from '../architecture.ts';
import { HyperStyleError } from '../errors.ts';
import type { LossGraph } from '../models/loss-network.ts';
import { TunedGenerator, type TunedGraph } from '../models/tuned-generator.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { Network } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import type { LossSource, NetworkLoss } from '../weights/loss-files.ts';
import type { StreamOptions, WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import { type LatentGraph, LatentNetwork, type LatentRecipe } from './latent-network.ts';
import { type LossSources, usedSources } from './losses.ts';
import { spreadOfW } from './optimise-latents.ts';
import { type PivotGraph, PivotNetwork, type PivotRecipe } from './pivot-network.ts';
import { describeNeed, ensureRoomFor, tuningNeed } from './tuning-memory.ts';

/** A network that learns, with the networks of its losses. */
export interface Learner<N, G extends string> {
  readonly network: N;
  readonly mounted: Mounted<G>;
  /** Finds the features of the target, when a new one has been written. */
  readonly newTarget: () => void;
}

interface Kept {
  /** What it was made for: the recipe as text, and the losses' networks as they were then. */
  readonly recipe: string;
  readonly sources: LossSources;
  readonly dispose: () => void;
}

/** The tuning side of one model. */
export class Tuner {
  readonly engine: Engine;
  /** The generator that shows tuned people. */
  readonly tuned: TunedGenerator;
  /** The photo `[3, rows, size]` in [-1, 1]. */
  readonly target: Tensor;
  /** Rows of the picture that the photo shows. */
  readonly rows: readonly [number, number];
  /** Networks of losses, added by whoever reads their files. */
  readonly sources = new Map<NetworkLoss, LossSource>();
  readonly #source: Pick<WeightSource, 'name' | 'stream'>;
  /** Deviations of w by the seed of their samples. */
  readonly #spreads = new Map<number, number>();
  #shown: Mounted<TunedGraph> | undefined;
  #latents: (Learner<LatentNetwork, LatentGraph> & Kept) | undefined;
  #pivot: (Learner<PivotNetwork, PivotGraph> & Kept) | undefined;

  /** Records the generator; nothing is allocated. */
  constructor(engine: Engine, source: WeightSource) {
    const { architecture } = source;
    this.engine = engine;
    this.#source = source;
    this.tuned = new TunedGenerator(source.tensors, architecture, engine.opened.facts);
    this.rows = outputRows(architecture);
    this.target = tensor('photo', [3, this.rows[1] - this.rows[0], architecture.size]);
  }

  /**
   * The generator that shows tuned people, on the device: its weights are streamed in the first time. Errors as
   * `Runtime.mount`.
   */
  async shown(options: StreamOptions = {}): Promise<Mounted<TunedGraph>> {
    if (!this.#shown) {
      this.#shown = await this.engine.runtime.mount(this.tuned, this.#source, options);
      this.#shown.write(this.tuned.state.strength, Float32Array.of(1));
    }
    return this.#shown;
  }

  /** Deviation of w, found once a seed: it takes hundreds of samples. */
  async spread(seed: number): Promise<number> {
    const found = this.#spreads.get(seed) ?? (await spreadOfW(this.engine, seed));
    this.#spreads.set(seed, found);
    return found;
  }

  /**
   * The network of latent optimisation. @throws `memory` error that says what is needed, `shader`, `device`, those of
   * the source
   */
  async latents(recipe: LatentRecipe, options: TuningRoom = {}): Promise<Learner<LatentNetwork, LatentGraph>> {
    if (this.#latents && this.#serves(this.#latents, recipe)) return this.#latents;
    this.#latents?.dispose();
    this.#latents = undefined;
    const sources = usedSources(this.sources, recipe.loss);
    const network = new LatentNetwork(this.tuned, recipe, this, sources);
    const what = 'latent optimisation';
    const learner = await this.#learner<LatentGraph, LatentNetwork>(what, { network, sources }, ['begin'], options);
    this.#latents = { ...learner, recipe: JSON.stringify(recipe), sources };
    return this.#latents;
  }

  /** The network of pivotal tuning. Errors as {@link latents}. */
  async pivot(recipe: PivotRecipe, options: TuningRoom = {}): Promise<Learner<PivotNetwork, PivotGraph>> {
    if (this.#pivot && this.#serves(this.#pivot, recipe)) return this.#pivot;
    this.#pivot?.dispose();
    this.#pivot = undefined;
    const sources = usedSources(this.sources, recipe.loss);
    const { hypernetwork } = this.engine.network;
    const network = new PivotNetwork(this.tuned, recipe, this, { sources, hypernetwork });
    const learner = await this.#learner<PivotGraph, PivotNetwork>('pivotal tuning', { network, sources }, [], options);
    this.#pivot = { ...learner, recipe: JSON.stringify(recipe), sources };
    return this.#pivot;
  }

  /** Gives the memory of the networks that learn back; people stay. */
  release(): void {
    this.#latents?.dispose();
    this.#pivot?.dispose();
    this.#latents = undefined;
    this.#pivot = undefined;
  }

  #serves(kept: Kept, recipe: LatentRecipe | PivotRecipe): boolean {
    const now = usedSources(this.sources, recipe.loss);
    const same = [...now].every(([name, source]) => kept.sources.get(name) === source);
    return kept.recipe === JSON.stringify(recipe) && same && kept.sources.size === now.size;
  }

  async #learner<G extends string, N extends Network<G> & Pick<PivotNetwork, 'compared'>>(
    what: string,
    { network, sources }: { readonly network: N; readonly sources: LossSources },
    begin: readonly G[],
    { signal, memory }: TuningRoom,
  ): Promise<Learner<N, G> & Pick<Kept, 'dispose'>> {
    const { runtime, opened } = this.engine;
    const networks = [this.tuned, ...network.compared, network];
    const need = tuningNeed(networks, opened.device.limits, runtime);
    ensureRoomFor(what, need, { device: opened.device, memory, used: runtime.memory().total });
    const mounted: { dispose(): void }[] = [];
    const dispose = (): void => {
      for (const each of mounted.splice(0).reverse()) each.dispose();
    };
    try {
      await runtime.buffers.allocate([this.target]); // outlives the networks that read it
      await this.shown({ signal });
      const compared: Mounted<LossGraph>[] = [];
      for (const each of network.compared) {
        const one = await runtime.mount(each, sources.get(each.loss), { signal });
        mounted.push(one);
        compared.push(one);
      }
      const learner = await runtime.mount(network, undefined, { signal });
      mounted.push(learner);
      const newTarget = (): void => {
        learner.run(...begin);
        for (const each of compared) each.run('target');
      };
      return { network, mounted: learner, newTarget, dispose };
    } catch (cause) {
      dispose();
      if (!(cause instanceof HyperStyleError) || cause.code !== 'memory') throw cause;
      throw new HyperStyleError('memory', `${what} of this model ${describeNeed(need)}: ${cause.message}`, { cause });
    }
  }
}

/** What a call may take. */
export interface TuningRoom {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of GPU memory that everything together may take. */
  readonly memory?: number | undefined;
}
