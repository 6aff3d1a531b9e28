/**
 * Summed offsets ΣΔ on the host: read from what is active in a model, or given as they are (the authors'
 * `weight_deltas`), without a hypernetwork. `retuning.ts` applies those of codes.
 */
import type { Graph } from '../graph/graph.ts';
import { slice } from '../models/conv-weights.ts';
import type { GeneratorNetwork } from '../models/generator-network.ts';
import type { LayerDeltas } from '../models/heads.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { Network } from '../runtime/network.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import type { Engine } from './engine.ts';
import { Retuning } from './retuning.ts';
import { OffsetsNetwork } from './shared-offsets.ts';

/** ΣΔ by index of the layer in hypernetwork order, each `[O, I, k, k]` with the taps of its kernel. */
export type GivenDeltas = ReadonlyMap<number, Float32Array>;

/** θ → θ̂ of the model's generator with given offsets: a tensor of state a layer, named by its index. */
export class GivenRetuning implements Network<'retune'> {
  readonly name = 'given offsets';
  readonly plan = new WeightPlan(new Map());
  readonly graphs: ReadonlyMap<'retune', Graph>;
  readonly state: Readonly<Record<string, Tensor>>;
  /** What `state` holds, as other generators read it. */
  readonly deltas: LayerDeltas = new Map();

  /** @param layers some of the tuned ones, by index in hypernetwork order */
  constructor(network: GeneratorNetwork, layers: readonly number[]) {
    const state: Record<string, Tensor> = {};
    for (const { index, kind, inChannels, outChannels } of network.generator.layers) {
      if (!layers.includes(index)) continue;
      const side = kind === 'rgb' ? 1 : 3;
      const delta = tensor(`given ΣΔ ${index}`, [outChannels * inChannels * side ** 2]);
      state[String(index)] = delta;
      this.deltas.set(index, { delta: slice(delta), taps: side });
    }
    this.state = state;
    this.graphs = new Retuning(network, layers, this.deltas).graphs;
  }
}

/** {@link GivenRetuning} on a device, for one person after another. */
export class GivenOffsets {
  readonly #network: GivenRetuning;
  readonly #mounted: Mounted<'retune'>;

  private constructor(network: GivenRetuning, mounted: Mounted<'retune'>) {
    this.#network = network;
    this.#mounted = mounted;
  }

  /** Makes room for offsets of every layer that the engine's generator has tuned. @throws `memory`, `shader`, `device` */
  static async mount({ network, runtime }: Engine): Promise<GivenOffsets> {
    const given = new GivenRetuning(network.generator, network.generator.tunedLayers);
    return new GivenOffsets(given, await runtime.mount(given));
  }

  /**
   * Puts one person's offsets into memory.
   * @param factor how much of each layer's, by index in hypernetwork order
   * @returns where they lie until the next call
   */
  write(given: GivenDeltas, factor: (layer: number) => number): LayerDeltas {
    for (const [index, tensor] of Object.entries(this.#network.state)) {
      const layer = Number(index);
      const deltas = given.get(layer)?.map((value) => factor(layer) * value);
      this.#mounted.write(tensor, deltas ?? new Float32Array(elementCount(tensor.shape)));
    }
    return this.#network.deltas;
  }

  /** Applies what {@link write} has put there to the model's own generator. */
  retune(): void {
    this.#mounted.run('retune');
  }
}

/**
 * ΣΔ of what is active (`Engine.activate`). Runs inside the runtime's `exclusive`; its memory is given back.
 * @throws `memory`, `shader`, `device` errors
 */
export async function readOffsets({ network, runtime }: Engine): Promise<Map<number, Float32Array<ArrayBuffer>>> {
  const found = new Map<number, Float32Array<ArrayBuffer>>();
  if (!network.hypernetwork) return found;
  const offsets = new OffsetsNetwork(network.hypernetwork, network.hypernetwork.weightLayers);
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
