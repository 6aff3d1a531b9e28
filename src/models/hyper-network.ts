/**
 * The hypernetwork as a network of its own: photo and reconstruction → codes, summed over the steps, and what of them is shown.
 * `hypernetwork-body.ts` has its body, `heads.ts` what turns codes into offsets.
 */
import type { GeneratorLayer, HypernetworkArchitecture } from '../architecture.ts';
import { Graph } from '../graph/graph.ts';
import { accumulateCodes } from '../kernels/accumulate.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { mixSums } from '../kernels/mix.ts';
import type { Network, Transfer } from '../runtime/network.ts';
import { elementCount, type Tensor, tensor, view } from '../tensor.ts';
import { ConvWeights, slice } from './conv-weights.ts';
import { type LayerDeltas, recordDeltas, recordSeparableHeads, separableDeltas } from './heads.ts';
import { type BlockGroup, blockGroups, hyperTrunk, refinementCodes } from './hypernetwork-body.ts';
import type { WeightPlan } from './weight-plan.ts';

/** Graphs and transfers of a hypernetwork. */
export type HyperGraph =
  | 'refine' // x, pooled y → codes, added to the sums
  | 'mix' // sums, weighted, are added to what is active
  | 'forget' // sums := 0
  | 'activate' // active := sums
  | 'deactivate'; // active := 0

/** Sums of some layers and what of them is active: equal shapes, one row a layer. */
interface MixPair {
  readonly layers: readonly number[];
  readonly sums: Tensor;
  readonly active: Tensor;
}

/** What a hypernetwork is made of. */
export interface HyperNetworkArgs {
  readonly sizes: HypernetworkArchitecture;
  /** Layers of the generator that it tunes, in hypernetwork order. */
  readonly layers: readonly GeneratorLayer[];
  /** Height and width of the pictures that it reads. */
  readonly inputShape: readonly [height: number, width: number];
  readonly facts: KernelFacts;
}

/** HyperStyle's hypernetwork. */
export class HyperNetwork implements Network<HyperGraph> {
  readonly name = 'hypernetwork';
  readonly plan: WeightPlan;
  readonly groups: readonly BlockGroup[];
  readonly state: {
    /** What it reads: x and pooled y, one after the other `[6, h, w]`. */
    readonly pair: Tensor;
    /** How much of each layer `mix` adds, in the order of {@link HyperNetwork.weightLayers}. */
    readonly weights: Tensor;
  };
  readonly graphs: ReadonlyMap<HyperGraph, Graph>;
  readonly transfers: ReadonlyMap<HyperGraph, readonly Transfer[]>;
  /** What sums up over the steps and makes, with the latents, a person: summed codes, or ΣΔ of separable heads. */
  readonly sums: readonly Tensor[];
  /** Which layer each entry of `state.weights` is for, by index in hypernetwork order. */
  readonly weightLayers: readonly number[];
  /** The trunk's features `[C, h, w]`. */
  readonly features: Tensor;
  readonly #layers: readonly GeneratorLayer[];
  readonly #facts: KernelFacts;
  /** Active ΣΔ of each layer with a separable head. */
  readonly #separable = new Map<number, Tensor>();

  /** @throws `tensor` and `model` errors when tensors are missing or do not fit together */
  constructor(plan: WeightPlan, { sizes, layers, inputShape, facts }: HyperNetworkArgs) {
    this.plan = plan;
    this.#layers = layers;
    this.#facts = facts;
    this.groups = blockGroups(plan, sizes);
    const pairs: MixPair[] = [];
    const separable = new Map<number, Tensor>();
    for (const group of this.groups) {
      if (group.kind !== 'separable') pairs.push({ layers: group.layers, sums: group.sums, active: group.active });
      for (const [layer, sums] of separableDeltas(group, layers)) separable.set(layer, sums);
      for (const [layer, active] of separableDeltas(group, layers, 'active ΣΔ')) this.#separable.set(layer, active);
    }
    for (const [layer, sums] of separable) {
      const row = (of: Tensor | undefined): Tensor => view(of ?? sums, [1, elementCount(sums.shape)]);
      pairs.push({ layers: [layer], sums: row(sums), active: row(this.#separable.get(layer)) });
    }
    this.sums = [...this.groups.map(({ sums }) => sums), ...separable.values()];
    this.weightLayers = pairs.flatMap((pair) => pair.layers);
    this.state = { pair: tensor('x and y', [6, ...inputShape]), weights: tensor('shares', [this.weightLayers.length]) };
    const refine = new Graph('refine');
    this.features = this.#recordRefine(refine, sizes, separable);
    this.graphs = new Map<HyperGraph, Graph>([
      ['refine', refine],
      ['mix', mixGraph(pairs, this.state.weights)],
    ]);
    this.transfers = new Map<HyperGraph, Transfer[]>([
      ['forget', this.sums.map((to) => ({ to }))],
      ['activate', pairs.map(({ sums: from, active: to }) => ({ from, to }))],
      ['deactivate', pairs.map(({ active: to }) => ({ to }))],
    ]);
  }

  #recordRefine(refine: Graph, sizes: HypernetworkArchitecture, separable: ReadonlyMap<number, Tensor>): Tensor {
    const weights = new ConvWeights(this.plan, this.#facts);
    const features = hyperTrunk(refine, weights, sizes, this.state.pair);
    for (const group of this.groups) {
      const codes = refinementCodes(refine, weights, group, features);
      recordSeparableHeads(refine, this.plan, group, codes, separable);
      accumulateCodes(refine, { label: `Σ codes of layers ${group.layers}`, codes, state: group.sums });
    }
    return features;
  }

  /**
   * Active sums → ΣΔ by index of the layer in hypernetwork order.
   * @param wanted layers that are needed; default all that are tuned. Layers with one head come together
   */
  recordOffsets(g: Recorder, wanted: readonly number[] = this.weightLayers): LayerDeltas {
    const deltas: LayerDeltas = new Map();
    const heads = { plan: this.plan, layers: this.#layers, facts: this.#facts };
    for (const group of this.groups) recordDeltas(g, heads, group, deltas, wanted);
    for (const [layer, delta] of this.#separable)
      if (wanted.includes(layer)) deltas.set(layer, { delta: slice(delta), taps: 3 });
    return deltas;
  }
}

function mixGraph(pairs: readonly MixPair[], weights: Tensor): Graph {
  const mix = new Graph('mix');
  let first = 0;
  for (const { layers, sums, active } of pairs) {
    mixSums(mix, { label: `share of layers ${layers}`, sums, active, weights: slice(weights, first) });
    first += layers.length;
  }
  return mix;
}
