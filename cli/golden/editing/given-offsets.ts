/** A generator whose summed offsets ΣΔ are given as they are, without a hypernetwork. */
import type { GeneratorSizes } from '../../../src/architecture.ts';
import type { EditVectors } from '../../../src/editing/edit-space.ts';
import { GivenRetuning } from '../../../src/method/given-offsets.ts';
import { type GeneratorGraph, GeneratorNetwork } from '../../../src/models/generator-network.ts';
import { WeightPlan } from '../../../src/models/weight-plan.ts';
import type { OpenDevice } from '../../../src/runtime/device.ts';
import type { Mounted } from '../../../src/runtime/mounted.ts';
import { Runtime } from '../../../src/runtime/runtime.ts';
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
    const given = new GivenRetuning(network, [...deltas.keys()]);
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
