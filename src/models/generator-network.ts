/**
 * The generator as a network of its own: latents and edits → styles → picture, with its noise, its mapping from z and its
 * weights as the checkpoint has them. `generator.ts` has the recipes of its parts.
 */
import type { GeneratorSizes } from '../architecture.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { latents } from '../kernels/latents.ts';
import { fillNoise } from '../kernels/noise.ts';
import { truncate } from '../kernels/truncate.ts';
import type { Network } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import { Generator } from './generator.ts';
import type { ResumePoint } from './kept-activations.ts';
import type { WeightPlan } from './weight-plan.ts';

/** Graphs of a generator, in the order they first run. */
export type GeneratorGraph =
  | 'storedNoise' // the checkpoint's noise maps become the active ones
  | 'freshNoise' // new noise maps from a seed
  | 'map' // z → base latents, truncated
  | 'untune' // θ → θ̂ without offsets
  | 'style' // base latents and edits → styles
  | 'demodulate' // styles, θ̂ → demodulation factors
  | 'synthesize'; // styles, factors, θ̂ → y

/** Tensors of a generator that outlive a run. */
export type GeneratorState = {
  /** Input of the mapping network `[1, styleDim]`. */
  readonly z: Tensor;
  /** Truncation ψ `[1]`. */
  readonly psi: Tensor;
  /** Seed of fresh noise `[1]`, the bits of a u32. */
  readonly noiseSeed: Tensor;
  /** Latents before edits `[latentCount, styleDim]`: an inversion's codes, or what `map` made. */
  readonly base: Tensor;
  /** All edits of the latents, added up by the host `[latentCount, styleDim]`. */
  readonly offset: Tensor;
  /** Latents after edits `[latentCount, styleDim]`. */
  readonly latents: Tensor;
  /** All edits of the styles, added up by the host, laid out as `styles` `[S]`. */
  readonly styleOffset: Tensor;
  /** All layers' styles, one after another in hypernetwork order `[S]`. */
  readonly styles: Tensor;
  /** The latest picture `[3, size, size]`, not clamped. */
  readonly y: Tensor;
};

/** What a generator network is made of. */
export interface GeneratorNetworkArgs {
  readonly sizes: GeneratorSizes;
  readonly facts: KernelFacts;
  /**
   * Layers whose weights `untune` makes anew and offsets may change, by index in hypernetwork order; the others are
   * made once.
   */
  readonly tunedLayers?: readonly number[];
  /** Checkpoint prefix; default `decoder`. */
  readonly prefix?: string;
}

/** A StyleGAN2 generator. */
export class GeneratorNetwork implements Network<GeneratorGraph> {
  readonly name: string;
  readonly plan: WeightPlan;
  readonly sizes: GeneratorSizes;
  readonly generator: Generator;
  readonly state: GeneratorState;
  readonly graphs: ReadonlyMap<GeneratorGraph, Graph>;
  /** Layers that offsets may change, ascending. */
  readonly tunedLayers: readonly number[];
  /** Where `synthesize` may begin when only later latents have changed. */
  readonly resumePoints: readonly ResumePoint[];
  /** w̄, the average latent `[latentCount, styleDim]`, where the checkpoint has it. */
  readonly average: Tensor | undefined;
  readonly #graphs = new Map<GeneratorGraph, Graph>();
  /** The active noise maps in synthesis order, each `[H, W]`. */
  readonly noises: readonly Tensor[];

  /** @throws `tensor` and `model` errors when tensors are missing or do not fit together */
  constructor(plan: WeightPlan, { sizes, facts, tunedLayers = [], prefix = 'decoder' }: GeneratorNetworkArgs) {
    this.name = `generator ${prefix}`;
    this.plan = plan;
    this.sizes = sizes;
    this.tunedLayers = tunedLayers;
    this.average = plan.has('latent_avg') ? plan.plain('latent_avg') : undefined;
    this.generator = new Generator(plan, { sizes, facts, tunedLayers, prefix });
    this.state = stateOf(sizes, this.generator.styles);
    this.noises = this.generator.storedNoises().map((t) => tensor(`${t.name} active`, t.shape));
    this.#recordNoise();
    this.#recordMapping();
    this.#recordWeights();
    this.#recordStyles();
    this.resumePoints = this.generator.recordSynthesis(this.#graph('synthesize'), this.noises, this.state.y);
    this.graphs = this.#graphs;
  }

  #graph(name: GeneratorGraph): Graph {
    const graph = this.#graphs.get(name) ?? new Graph(name);
    this.#graphs.set(name, graph);
    return graph;
  }

  #recordNoise(): void {
    const stored = this.generator.storedNoises();
    const strengths = this.generator.noiseStrengths();
    this.noises.forEach((output, i) => {
      const [map, strength] = [stored[i], strengths[i]];
      const [rows, features] = [output.shape[0] ?? 1, output.shape[1] ?? 1];
      if (!map || !strength) return;
      // A copy by the latents kernel: base rows with nothing added.
      latents(this.#graph('storedNoise'), { label: `noise ${rows}×${features}`, base: map, output });
      const seed = this.state.noiseSeed;
      fillNoise(this.#graph('freshNoise'), { label: `noise ${i}`, seed, stream: i, strength, output });
    });
  }

  #recordMapping(): void {
    const { state, average, generator } = this;
    const map = this.#graph('map');
    const w = generator.mapping(map, state.z);
    if (!average) {
      latents(map, { label: 'codes', base: w, output: state.base });
      return;
    }
    const everyLayer = map.transient('w of every layer', state.base.shape);
    const repeated = latents(map, { label: 'w', base: w, output: everyLayer });
    truncate(map, { label: 'truncation', w: repeated, mean: average, psi: state.psi, output: state.base });
  }

  /** Constant layers once, while loading; the others by `untune`, and by whoever records offsets. */
  #recordWeights(): void {
    const { generator, plan, tunedLayers } = this;
    const isTuned = new Set(tunedLayers);
    const { layers } = generator;
    generator.recordWeights(
      plan.prepare,
      layers.filter(({ index }) => !isTuned.has(index)),
    );
    generator.recordWeights(
      this.#graph('untune'),
      layers.filter(({ index }) => isTuned.has(index)),
    );
  }

  #recordStyles(): void {
    const { base, offset, latents: edited, styleOffset } = this.state;
    const style = this.#graph('style');
    latents(style, { label: 'edits', base, added: offset, output: edited });
    this.generator.recordStyles(style, edited, styleOffset);
    this.generator.recordDemodulation(this.#graph('demodulate'));
  }
}

function stateOf({ size, styleDim, latentCount }: GeneratorSizes, styles: Tensor): GeneratorState {
  const rows = [latentCount, styleDim];
  return {
    z: tensor('z', [1, styleDim]),
    psi: tensor('psi', [1]),
    noiseSeed: tensor('noise seed', [1]),
    base: tensor('codes', rows),
    offset: tensor('latent offset', rows),
    latents: tensor('latents', rows),
    styleOffset: tensor('style offset', styles.shape),
    styles,
    y: tensor('y', [3, size, size]),
  };
}
