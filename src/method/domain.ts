/**
 * Another domain: a generator that was fine-tuned from the model's own (sketch, bronze, …), mounted beside it, and shown with a
 * person's offsets. By default only layers without the shared head get them, as in the authors' domain adaptation.
 */
import { type Architecture, type GeneratorSizes, generatorLayers } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { type GeneratorGraph, GeneratorNetwork } from '../models/generator-network.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Mounted } from '../runtime/mounted.ts';
import { isOfGenerator } from '../weights/unified-keys.ts';
import type { StreamOptions, TensorInfo, WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import { Retuning } from './retuning.ts';

/** What a person is shown with in a domain. */
export interface DomainView {
  /** `[latentCount, styleDim]` */
  readonly latents: Float32Array;
  /** `[latentCount, styleDim]` */
  readonly offset: Float32Array;
  /** `[S]` */
  readonly styleOffset: Float32Array;
}

/** Tuned convolutions that do not use the shared head: the layers that the authors carry over, never toRGB. */
export function defaultDomainLayers(architecture: Architecture): number[] {
  const { hypernetwork } = architecture;
  const shared = new Set(hypernetwork?.sharedLayers);
  const layers = generatorLayers(architecture);
  return (hypernetwork?.tunedLayers ?? []).filter((i) => !shared.has(i) && layers[i]?.kind !== 'rgb');
}

/** A generator that a model's people can be shown with. Its methods must run inside the runtime's `exclusive`. */
export class Domain {
  readonly name: string;
  readonly network: GeneratorNetwork;
  readonly #engine: Engine;
  readonly #mounted: Mounted<GeneratorGraph>;
  #layers: readonly number[] = [];
  #retuning: Mounted<'retune'> | undefined;

  private constructor(name: string, network: GeneratorNetwork, engine: Engine, mounted: Mounted<GeneratorGraph>) {
    this.name = name;
    this.network = network;
    this.#engine = engine;
    this.#mounted = mounted;
  }

  /**
   * Mounts a generator beside the model's.
   * @throws `tensor` error when it is no sibling of the model's generator, `memory`, `shader`, `device`, those of the source
   */
  static async mount(
    engine: Engine,
    name: string,
    source: Pick<WeightSource, 'name' | 'architecture' | 'tensors' | 'stream'>,
    options: StreamOptions = {},
  ): Promise<Domain> {
    const { architecture, plan } = engine.network;
    checkSiblings({ architecture, tensors: plan.infos }, source);
    const facts = engine.opened.facts;
    const tunedLayers = architecture.hypernetwork?.tunedLayers ?? [];
    const weights = new WeightPlan(source.tensors);
    const network = new GeneratorNetwork(weights, { sizes: source.architecture, facts, tunedLayers });
    const mounted = await engine.runtime.mount(network, source, options);
    mounted.run('storedNoise');
    return new Domain(name, network, engine, mounted);
  }

  /**
   * Applies what is active in the engine (`Engine.activate`) to these layers, the others are as the checkpoint has them.
   * @throws `option` error for a layer that is not tuned
   */
  async retune(layers: readonly number[] = defaultDomainLayers(this.#engine.network.architecture)): Promise<void> {
    const { hypernetwork } = this.#engine.network;
    this.#mounted.run('untune');
    if (!hypernetwork || layers.length === 0) return;
    if (!this.#retuning || layers.join() !== this.#layers.join()) {
      const targets = [{ network: this.network, layers }];
      const retuning = await this.#engine.runtime.mount(new Retuning(hypernetwork, targets));
      this.#retuning?.dispose();
      this.#retuning = retuning;
      this.#layers = [...layers];
    }
    this.#retuning.run('retune');
  }

  /** Leaves a picture in {@link GeneratorNetwork.state}'s y; {@link retune} comes before. */
  show({ latents, offset, styleOffset }: DomainView): void {
    const { state } = this.network;
    this.#mounted.write(state.base, latents);
    this.#mounted.write(state.offset, offset);
    this.#mounted.write(state.styleOffset, styleOffset);
    this.#mounted.run('style', 'demodulate', 'synthesize');
  }

  /** The picture `[3, size, size]`. @throws `device` error when the GPU is lost */
  read(): Promise<Float32Array> {
    return this.#mounted.read(this.network.state.y);
  }

  /** Gives its memory back. */
  dispose(): void {
    this.#retuning?.dispose();
    this.#mounted.dispose();
  }
}

/** What {@link checkSiblings} compares. */
export interface SiblingWeights {
  readonly name: string;
  readonly architecture: GeneratorSizes;
  readonly tensors: ReadonlyMap<string, Pick<TensorInfo, 'shape'>>;
}

/**
 * Whether offsets of one generator fit another.
 * @throws `tensor` error naming the first tensor of the second that is missing in the first or of another shape, and both shapes
 */
export function checkSiblings(
  base: Omit<SiblingWeights, 'name'>,
  { name, tensors, architecture }: SiblingWeights,
): void {
  const advice = "a domain must be fine-tuned from the model's own generator";
  for (const [key, { shape }] of tensors) {
    if (!isOfGenerator(key)) continue;
    const expected = base.tensors.get(key)?.shape;
    ensure(
      expected?.join() === shape.join(),
      'tensor',
      () =>
        `${name}: tensor "${key}" has shape [${shape}], this model's generator has ${expected ? `[${expected}]` : 'no such tensor'}; ${advice}`,
    );
  }
  ensure(
    architecture.size === base.architecture.size,
    'tensor',
    () =>
      `${name}: makes pictures of ${architecture.size} px, this model's generator makes ${base.architecture.size}; ${advice}`,
  );
}
