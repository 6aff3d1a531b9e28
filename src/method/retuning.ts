/**
 * The step from a person to re-tuned generators: ΣΔ is computed once and applied to every generator that is a target
 * (θ̂ = θ·(1+ΣΔ)). Domains are further targets, generators that were fine-tuned from the first.
 */
import { ensure } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { Recorder } from '../kernels/kernel.ts';
import type { GeneratorNetwork } from '../models/generator-network.ts';
import type { LayerDeltas } from '../models/heads.ts';
import type { HyperNetwork } from '../models/hyper-network.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Network } from '../runtime/network.ts';

/** A generator that offsets are applied to. */
export interface Target {
  readonly network: GeneratorNetwork;
  /** Layers that get offsets, by index in hypernetwork order; default: all that the generator has tuned. */
  readonly layers?: readonly number[] | undefined;
}

/**
 * Records active sums → ΣΔ → θ̂ of every target.
 * @returns ΣΔ of each tuned layer
 * @throws `option` error when a target has not the chosen layer among its tuned ones
 */
export function recordRetune(g: Recorder, hypernetwork: HyperNetwork, targets: readonly Target[]): LayerDeltas {
  const deltas = hypernetwork.recordOffsets(g);
  for (const { network, layers = network.tunedLayers } of targets) {
    for (const layer of layers) {
      ensure(
        network.tunedLayers.includes(layer) && deltas.has(layer),
        'option',
        () =>
          `layer ${layer} is not tuned: choose some of ${network.tunedLayers.filter((l) => deltas.has(l)).join(', ')}`,
      );
    }
    const { generator } = network;
    const chosen = generator.layers.filter(({ index }) => layers.includes(index));
    generator.recordWeights(g, chosen, ({ index }) => deltas.get(index));
  }
  return deltas;
}

/** The graph `retune` for several targets, as a network without weights of its own. */
export class Retuning implements Network<'retune'> {
  readonly name = 'retuning';
  readonly plan = new WeightPlan(new Map());
  readonly state = {};
  readonly graphs: ReadonlyMap<'retune', Graph>;

  /** @throws `option` error as {@link recordRetune} */
  constructor(hypernetwork: HyperNetwork, targets: readonly Target[]) {
    const retune = new Graph('retune');
    recordRetune(retune, hypernetwork, targets);
    this.graphs = new Map([['retune', retune]]);
  }
}
