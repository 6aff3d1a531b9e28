/**
 * Another domain: a generator that was fine-tuned from the model's own (sketch, bronze, …), mounted beside it, and shown with a
 * person's offsets. By default only layers without the shared head get them, as in the authors' domain adaptation.
 */
import { type Architecture, type GeneratorSizes, generatorLayers } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { type GeneratorGraph, GeneratorNetwork } from '../models/generator-network.ts';
import type { LayerDeltas } from '../models/heads.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Mounted } from '../runtime/mounted.ts';
import { isOfGenerator } from '../weights/unified-keys.ts';
import type { StreamOptions, TensorInfo, WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import { ensureTuned, Retuning } from './retuning.ts';
import { type OffsetsKey, type OffsetsSource, sameOffsets } from './shared-offsets.ts';

/** What a person is shown with in a domain. */
export interface DomainView {
  /** `[latentCount, styleDim]` */
  readonly latents: Float32Array;
  /** `[latentCount, styleDim]` */
  readonly offset: Float32Array;
  /** `[S]` */
  readonly styleOffset: Float32Array;
}

/** A graph that applies offsets, and what it was compiled for. */
interface CompiledRetuning {
  readonly mounted: Mounted<'retune'>;
  readonly layers: readonly number[];
  readonly deltas: LayerDeltas;
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
  /** The graph that applies offsets to the layers it was asked for last. */
  #retuning: CompiledRetuning | undefined;
  /** Whose offsets its weights have, and on which layers. */
  #retuned: OffsetsKey | undefined;

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
   * Applies offsets to these layers; the others are as the checkpoint has them. Does nothing where its weights have them already.
   * @throws `option` error for a layer that is not tuned; `memory`, `shader`, `device`
   */
  async retune(
    offsets: OffsetsSource,
    layers: readonly number[] = defaultDomainLayers(this.#engine.network.architecture),
  ): Promise<void> {
    ensureTuned(this.network, layers);
    const before = this.#retuned;
    const retuned = [layers.join(), ...(layers.length > 0 ? offsets.key : [])];
    if (sameOffsets(retuned, before)) return;
    this.#retuned = undefined; // until all of it is submitted
    const compiled = layers.length > 0 ? await this.#compiled(layers, await offsets.deltas(layers)) : undefined;
    if (before?.[0] !== retuned[0]) this.#mounted.run('untune');
    compiled?.mounted.run('retune');
    this.#retuned = retuned;
  }

  async #compiled(layers: readonly number[], deltas: LayerDeltas): Promise<CompiledRetuning> {
    const before = this.#retuning;
    if (before && before.layers.join() === layers.join() && before.deltas === deltas) return before;
    const mounted = await this.#engine.runtime.mount(new Retuning(this.network, layers, deltas));
    before?.mounted.dispose();
    this.#retuning = { mounted, layers: [...layers], deltas };
    return this.#retuning;
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
    this.#retuning?.mounted.dispose();
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
 * @param advice what the second must be
 * @throws `tensor` error naming the first tensor of the second that is missing in the first or of another shape, and both shapes
 */
export function checkSiblings(
  base: Omit<SiblingWeights, 'name'>,
  { name, tensors, architecture }: SiblingWeights,
  advice = "a domain must be fine-tuned from the model's own generator",
): void {
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
