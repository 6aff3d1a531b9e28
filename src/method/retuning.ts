/**
 * The step from summed offsets to re-tuned generators, θ̂ = θ·(1+ΣΔ). The model's own generator computes ΣΔ on the way and keeps
 * none of it; other generators (`domain.ts`) read what lies in memory (`shared-offsets.ts`, `given-offsets.ts`).
 */
import { ensure } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { Recorder } from '../kernels/kernel.ts';
import type { GeneratorNetwork } from '../models/generator-network.ts';
import type { LayerDeltas } from '../models/heads.ts';
import type { HyperNetwork } from '../models/hyper-network.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Network } from '../runtime/network.ts';

/**
 * Records active sums → ΣΔ → θ̂ of every layer that the generator has tuned.
 * @returns ΣΔ of each tuned layer
 */
export function recordRetune(
  g: Recorder,
  hypernetwork: HyperNetwork,
  { generator, tunedLayers }: GeneratorNetwork,
): LayerDeltas {
  const deltas = hypernetwork.recordOffsets(g, tunedLayers);
  const chosen = generator.layers.filter(({ index }) => tunedLayers.includes(index));
  generator.recordWeights(g, chosen, ({ index }) => deltas.get(index));
  return deltas;
}

/** The graph `retune` of one generator, from ΣΔ that is in memory: a network without weights of its own. */
export class Retuning implements Network<'retune'> {
  readonly name = 'retuning';
  readonly plan = new WeightPlan(new Map());
  readonly state = {};
  readonly graphs: ReadonlyMap<'retune', Graph>;

  /** @param layers those that get offsets, by index in hypernetwork order; {@link ensureTuned} comes before */
  constructor({ generator }: GeneratorNetwork, layers: readonly number[], deltas: LayerDeltas) {
    const retune = new Graph('retune');
    const chosen = generator.layers.filter(({ index }) => layers.includes(index));
    generator.recordWeights(retune, chosen, ({ index }) => deltas.get(index));
    this.graphs = new Map([['retune', retune]]);
  }
}

/** @throws `option` error, which lists those there are, for a layer that the generator has not tuned */
export function ensureTuned({ tunedLayers }: GeneratorNetwork, layers: readonly number[]): void {
  for (const layer of layers) {
    const known = (): string => `layer ${layer} is not tuned: choose some of ${tunedLayers.join(', ')}`;
    ensure(tunedLayers.includes(layer), 'option', known);
  }
}
