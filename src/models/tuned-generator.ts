/**
 * A generator that belongs to one person at a time: the checkpoint's weights θ₀ and what pivotal tuning moved, δ,
 * beside each other on the device. `apply` shows θ₀ + s·δ; another person is another δ, another strength another s. The
 * methods that move δ are in `src/method/pivot-network.ts`.
 */
import type { GeneratorSizes } from '../architecture.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { latents } from '../kernels/latents.ts';
import { scaleMap } from '../kernels/noise-map.ts';
import type { Network } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import type { TensorInfo } from '../weights/weight-source.ts';
import { Generator } from './generator.ts';
import { TunedPlan } from './tuned-plan.ts';

/** Graphs of a {@link TunedGenerator}, in the order in which they run. */
export type TunedGraph =
  | 'apply' // θ₀ + s·δ → θ̂
  | 'style' // latents and edits → styles
  | 'demodulate' // styles, θ̂ → demodulation factors
  | 'synthesize'; // styles, factors, θ̂ → y

/** Tensors of a {@link TunedGenerator} that outlive a run; as those of `GeneratorState`. */
export type TunedState = {
  /** s `[1]`: 1 shows the person, 0 the checkpoint's generator. */
  readonly strength: Tensor;
  readonly base: Tensor;
  readonly offset: Tensor;
  readonly latents: Tensor;
  readonly styleOffset: Tensor;
  readonly styles: Tensor;
  readonly y: Tensor;
};

/** A StyleGAN2 generator whose weights are one person's. */
export class TunedGenerator implements Network<TunedGraph> {
  readonly name = 'generator of a person';
  readonly plan: TunedPlan;
  readonly sizes: GeneratorSizes;
  readonly facts: KernelFacts;
  readonly generator: Generator;
  readonly state: TunedState;
  readonly graphs: ReadonlyMap<TunedGraph, Graph>;

  /** @throws `tensor` error when tensors are missing or do not fit together */
  constructor(tensors: ReadonlyMap<string, TensorInfo>, sizes: GeneratorSizes, facts: KernelFacts) {
    const [apply, style] = [new Graph('apply'), new Graph('style')];
    const [demodulate, synthesize] = [new Graph('demodulate'), new Graph('synthesize')];
    const strength = tensor('strength', [1]);
    this.sizes = sizes;
    this.facts = { ...facts, precision: 'f32' };
    this.plan = new TunedPlan(tensors, apply, strength);
    const all = sizes.latentCount * 2; // more than there are layers: every filter is made anew
    const tunedLayers = Array.from({ length: all }, (_, i) => i);
    this.generator = new Generator(this.plan, { sizes, facts: this.facts, tunedLayers, prefix: 'decoder' });
    const { generator } = this;
    const rows = [sizes.latentCount, sizes.styleDim];
    this.state = {
      strength,
      base: tensor('codes of a person', rows),
      offset: tensor('latent offset of a person', rows),
      latents: tensor('latents of a person', rows),
      styleOffset: tensor('style offset of a person', generator.styles.shape),
      styles: generator.styles,
      y: tensor('y of a person', [3, sizes.size, sizes.size]),
    };
    const { base, offset, latents: edited, styleOffset, y } = this.state;
    generator.recordWeights(apply, generator.layers);
    latents(style, { label: 'edits', base, added: offset, output: edited });
    generator.recordStyles(style, edited, styleOffset);
    generator.recordDemodulation(demodulate);
    const strengths = generator.noiseStrengths();
    const noises = generator.noiseMaps().flatMap((map, i) => {
      const by = strengths[i];
      return by ? [scaleMap(synthesize, { label: `noise ${i}`, map, strength: by })] : [];
    });
    generator.recordSynthesis(synthesize, noises, y);
    this.graphs = new Map<TunedGraph, Graph>([
      ['apply', apply],
      ['style', style],
      ['demodulate', demodulate],
      ['synthesize', synthesize],
    ]);
  }
}
