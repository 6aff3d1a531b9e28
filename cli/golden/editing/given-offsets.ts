/** A generator whose summed offsets ΣΔ are given as they are, without a hypernetwork. */
import type { GeneratorSizes } from '../../../src/architecture.ts';
import type { EditVectors } from '../../../src/editing/edit-space.ts';
import { Graph } from '../../../src/graph/graph.ts';
import { slice } from '../../../src/models/conv-weights.ts';
import { type GeneratorGraph, GeneratorNetwork } from '../../../src/models/generator-network.ts';
import { WeightPlan } from '../../../src/models/weight-plan.ts';
import type { OpenDevice } from '../../../src/runtime/device.ts';
import type { Mounted } from '../../../src/runtime/mounted.ts';
import type { Network } from '../../../src/runtime/network.ts';
import { Runtime } from '../../../src/runtime/runtime.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import type { Checkpoint } from '../../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../../src/weights/checkpoint-source.ts';
import { batchEntry, type Golden } from '../golden-file.ts';

/** `in.delta{i}` of a case, `[O, I, k, k]` without the batch, by layer. */
function givenDeltas({ tensors }: Golden): Map<number, Float32Array> {
  const deltas = new Map<number, Float32Array>();
  for (const [name, values] of tensors) {
    const layer = /^in\.delta(\d+)$/.exec(name)?.[1];
    if (layer !== undefined) deltas.set(Number(layer), batchEntry(values, 0));
  }
  return deltas;
}

/** θ → θ̂ with the given offsets. */
class GivenRetuning implements Network<'retune'> {
  readonly name = 'given offsets';
  readonly plan = new WeightPlan(new Map());
  readonly graphs: ReadonlyMap<'retune', Graph>;
  readonly state: Readonly<Record<string, Tensor>>;

  constructor({ generator }: GeneratorNetwork, deltas: ReadonlyMap<number, Float32Array>) {
    const tensors = new Map([...deltas].map(([i, { length }]) => [i, tensor(`given ΣΔ ${i}`, [length])]));
    const retune = new Graph('retune');
    const chosen = generator.layers.filter(({ index }) => tensors.has(index));
    generator.recordWeights(retune, chosen, ({ index }) => {
      const delta = tensors.get(index);
      return delta && { delta: slice(delta), taps: 3 };
    });
    this.graphs = new Map([['retune', retune]]);
    this.state = Object.fromEntries([...tensors].map(([i, delta]) => [String(i), delta]));
  }
}

/** The mounted generator. */
export class GivenOffsets {
  readonly sizes: GeneratorSizes;
  readonly #runtime: Runtime;
  readonly #network: GeneratorNetwork;
  readonly #mounted: Mounted<GeneratorGraph>;

  private constructor(runtime: Runtime, network: GeneratorNetwork, mounted: Mounted<GeneratorGraph>) {
    this.sizes = network.sizes;
    this.#runtime = runtime;
    this.#network = network;
    this.#mounted = mounted;
  }

  /** Loads a generator and puts the case's offsets on it. */
  static async open(opened: OpenDevice, checkpoint: Checkpoint, golden: Golden): Promise<GivenOffsets> {
    const runtime = new Runtime(opened);
    const source = checkpointSource(checkpoint, null);
    const deltas = givenDeltas(golden);
    const plan = new WeightPlan(source.tensors);
    const args = { sizes: source.architecture, facts: opened.facts, tunedLayers: [...deltas.keys()] };
    const network = new GeneratorNetwork(plan, args);
    const mounted = await runtime.mount(network, source);
    const given = new GivenRetuning(network, deltas);
    const retuning = await runtime.mount(given);
    for (const [layer, values] of deltas) {
      const target = given.state[String(layer)];
      if (target) retuning.write(target, values);
    }
    mounted.run('storedNoise', 'untune');
    retuning.run('retune');
    return new GivenOffsets(runtime, network, mounted);
  }

  /** The picture of latents with an edit `[3, size, size]`. */
  picture(latents: Float32Array, edit: EditVectors): Promise<Float32Array> {
    const { state } = this.#network;
    this.#mounted.write(state.base, latents);
    this.#mounted.write(state.offset, edit.offset);
    this.#mounted.write(state.styleOffset, edit.styleOffset);
    this.#mounted.run('style', 'demodulate', 'synthesize');
    return this.#mounted.read(state.y);
  }

  dispose(): void {
    this.#runtime.dispose();
  }
}
