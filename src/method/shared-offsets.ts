/**
 * ΣΔ of one look of a person, kept on the device for every other generator that shows it: the heads run once for all domains.
 * `domain.ts` applies it; `given-offsets.ts` has offsets that came without codes.
 */
import { type Graph, StagedGraph } from '../graph/graph.ts';
import type { LayerDeltas } from '../models/heads.ts';
import type { HyperNetwork } from '../models/hyper-network.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { Network } from '../runtime/network.ts';
import type { Engine } from './engine.ts';

/** Whose offsets, of which step and how much of them: two lists of the same entries mean the same ΣΔ. */
export type OffsetsKey = readonly unknown[];

/** Whether two keys mean the same ΣΔ. */
export function sameOffsets(a: OffsetsKey, b: OffsetsKey | undefined): boolean {
  return a.length === b?.length && a.every((entry, i) => entry === b[i]);
}

/** Offsets as a domain asks for them. */
export interface OffsetsSource {
  readonly key: OffsetsKey;
  /** ΣΔ of at least these layers, in memory until the next call. Runs inside the runtime's `exclusive`. */
  readonly deltas: (layers: readonly number[]) => Promise<LayerDeltas>;
}

/** Active sums → ΣΔ that stays in memory. */
export class OffsetsNetwork implements Network<'offsets'> {
  readonly name = 'offsets';
  readonly plan = new WeightPlan(new Map());
  readonly state = {};
  readonly graphs: ReadonlyMap<'offsets', Graph>;
  readonly deltas: LayerDeltas;

  /** @param layers some of the tuned ones, by index in hypernetwork order; those that share a head with them come too */
  constructor(hypernetwork: HyperNetwork, layers: readonly number[]) {
    const graph = new StagedGraph('offsets');
    this.deltas = hypernetwork.recordOffsets(graph, layers);
    this.graphs = new Map([['offsets', graph]]);
  }
}

/** An offsets network on the device. */
interface Offsets {
  readonly network: OffsetsNetwork;
  readonly mounted: Mounted<'offsets'>;
}

/** The offsets that a model's domains share. Its methods must run inside the runtime's `exclusive`. */
export class SharedOffsets {
  readonly #engine: Engine;
  #offsets: Offsets | undefined;
  /** What lies in memory; separable heads have only what is active, so that it ends with the next activation. */
  #held: { readonly key: OffsetsKey; readonly activation: number } | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * ΣΔ of at least `layers`, computed unless it lies there already.
   * @param activate makes that of `key` active in the engine (`Engine.activate`)
   * @throws `memory`, `shader`, `device`
   */
  async of(key: OffsetsKey, layers: readonly number[], activate: () => void): Promise<LayerDeltas> {
    const { hypernetwork } = this.#engine.network;
    if (!hypernetwork) return new Map();
    const { network, mounted } = await this.#covering(hypernetwork, layers);
    if (!this.#holds(key)) {
      this.#held = undefined; // until all of it is submitted
      activate();
      mounted.run('offsets');
      this.#held = { key, activation: this.#engine.activation };
    }
    return network.deltas;
  }

  #holds(key: OffsetsKey): boolean {
    if (!this.#held || !sameOffsets(key, this.#held.key)) return false;
    const separable = this.#engine.network.architecture.hypernetwork?.separable;
    return !separable || this.#held.activation === this.#engine.activation;
  }

  /** A network of these layers: the one there is, or one of its layers and these. */
  async #covering(hypernetwork: HyperNetwork, layers: readonly number[]): Promise<Offsets> {
    const before = this.#offsets;
    if (before && layers.every((layer) => before.network.deltas.has(layer))) return before;
    const all = new Set([...(before?.network.deltas.keys() ?? []), ...layers]);
    const network = new OffsetsNetwork(hypernetwork, [...all]);
    const offsets = { network, mounted: await this.#engine.runtime.mount(network) };
    before?.mounted.dispose();
    this.#offsets = offsets;
    this.#held = undefined;
    return offsets;
  }
}
