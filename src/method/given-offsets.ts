/**
 * Summed offsets ΣΔ on the host: read from what is active in a model, or given as they are (the authors' `weight_deltas`), without a
 * hypernetwork. `retuning.ts` applies those of codes.
 */
import { Graph, StagedGraph } from '../graph/graph.ts';
import { slice } from '../models/conv-weights.ts';
import type { GeneratorNetwork } from '../models/generator-network.ts';
import type { LayerDeltas } from '../models/heads.ts';
import type { HyperNetwork } from '../models/hyper-network.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Network } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import type { Engine } from './engine.ts';

/** ΣΔ by index of the layer in hypernetwork order, each `[O, I, k, k]` with the taps of its kernel. */
export type GivenDeltas = ReadonlyMap<number, Float32Array>;

/** θ → θ̂ with given offsets: a tensor of state a layer, named by its index. */
export class GivenRetuning implements Network<'retune'> {
  readonly name = 'given offsets';
  readonly plan = new WeightPlan(new Map());
  readonly graphs: ReadonlyMap<'retune', Graph>;
  readonly state: Readonly<Record<string, Tensor>>;

  /** @param layers some of the tuned ones, by index in hypernetwork order */
  constructor({ generator }: GeneratorNetwork, layers: readonly number[]) {
    const chosen = generator.layers.filter(({ index }) => layers.includes(index));
    const tensors = new Map(
      chosen.map(({ index, kind, inChannels, outChannels }) => {
        const taps = kind === 'rgb' ? 1 : 9;
        return [index, tensor(`given ΣΔ ${index}`, [outChannels * inChannels * taps])];
      }),
    );
    const retune = new Graph('retune');
    generator.recordWeights(retune, chosen, ({ index, kind }) => {
      const delta = tensors.get(index);
      return delta && { delta: slice(delta), taps: kind === 'rgb' ? 1 : 3 };
    });
    this.graphs = new Map([['retune', retune]]);
    this.state = Object.fromEntries([...tensors].map(([i, delta]) => [String(i), delta]));
  }
}

/** Active sums → ΣΔ in memory that can be read. */
class ReadableOffsets implements Network<'offsets'> {
  readonly name = 'offsets';
  readonly plan = new WeightPlan(new Map());
  readonly state = {};
  readonly graphs: ReadonlyMap<'offsets', Graph>;
  readonly deltas: LayerDeltas;

  constructor(hypernetwork: HyperNetwork) {
    const graph = new StagedGraph('offsets');
    this.deltas = hypernetwork.recordOffsets(graph);
    this.graphs = new Map([['offsets', graph]]);
  }
}

/**
 * ΣΔ of what is active (`Engine.activate`). Runs inside the runtime's `exclusive`; its memory is given back.
 * @throws `memory`, `shader`, `device` errors
 */
export async function readOffsets({ network, runtime }: Engine): Promise<Map<number, Float32Array<ArrayBuffer>>> {
  const found = new Map<number, Float32Array<ArrayBuffer>>();
  if (!network.hypernetwork) return found;
  const offsets = new ReadableOffsets(network.hypernetwork);
  const mounted = await runtime.mount(offsets);
  try {
    mounted.run('offsets');
    for (const [index, { delta, taps }] of offsets.deltas) {
      const layer = network.generator.generator.layers[index];
      if (!layer) continue;
      const all = await mounted.read(delta.tensor);
      const count = layer.inChannels * layer.outChannels * taps ** 2;
      const kernelTaps = layer.kind === 'rgb' ? 1 : 9;
      found.set(index, overTaps(all.subarray(delta.offset, delta.offset + count), taps ** 2, kernelTaps));
    }
  } finally {
    mounted.dispose();
  }
  return found;
}

/** Offsets of one tap repeated over the kernel's. */
function overTaps(values: Float32Array, taps: number, kernelTaps: number): Float32Array<ArrayBuffer> {
  if (taps === kernelTaps) return Float32Array.from(values);
  return Float32Array.from({ length: values.length * kernelTaps }, (_, i) => values[Math.floor(i / kernelTaps)] ?? 0);
}
