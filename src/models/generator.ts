/**
 * The StyleGAN2 generator (arXiv 1912.04958), re-tuned: mapping network, styles, weights θ̂ = θ·(1+ΣΔ)/√fan_in, synthesis.
 * Its parts are recorded into separate graphs because they change at different times: weights once a step, styles with
 * every edit. Checkpoint keys `decoder.*`.
 */
import { type GeneratorLayer, type GeneratorSizes, generatorLayers } from '../architecture.ts';
import { ensure } from '../errors.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { type ConvWeight, conv2d, planConvWeight, prepareConvWeight } from '../kernels/conv2d.ts';
import { type DemodulatedLayer, demodulation, demodulationTable } from '../kernels/demodulation.ts';
import type { Recorder, Slice } from '../kernels/kernel.ts';
import { styleNorm, styleTable } from '../kernels/style-norm.ts';
import { styles } from '../kernels/styles.ts';
import { addToRgb } from '../kernels/to-rgb.ts';
import { type UpConvWeight, upConv, upConvWeight, upConvWeightType } from '../kernels/upconv.ts';
import { weightUpdate } from '../kernels/weight-update.ts';
import { type Shape, type Tensor, tensor, view } from '../tensor.ts';
import { slice } from './conv-weights.ts';
import { isKept, keptTensor, type ResumePoint } from './kept-activations.ts';
import { LEAKY, mapping } from './mapping.ts';
import type { WeightPlan } from './weight-plan.ts';

/** ΣΔ of one layer, and the side f of its offsets. */
export interface LayerDelta {
  readonly delta: Slice;
  readonly taps: 1 | 3;
}

/** One layer's device weights. */
interface LayerWeights {
  readonly layer: GeneratorLayer;
  /** Checkpoint values `[I, k, k, O]`. */
  readonly theta: Tensor;
  /** θ̂ `[I, k, k, O]`; undefined where the layer's variant reads transformed filters, so that θ̂ is gone with its graph. */
  readonly tuned: Tensor | undefined;
  /** Where the layer's style begins in the concatenated styles. */
  readonly style: number;
  /** Where a convolution's `[I, O]` begins in the concatenated energies, and its `[O]` in the demodulation factors. */
  readonly energy: number;
  readonly demodulation: number;
}

/** What a generator is made of. */
export interface GeneratorArgs {
  readonly sizes: GeneratorSizes;
  /** Layers whose filters are made anew at every step, by index in hypernetwork order. */
  readonly tunedLayers: readonly number[];
  readonly facts: KernelFacts;
  /** Checkpoint prefix, e.g. `decoder`. */
  readonly prefix: string;
}

/** A generator's weights on the device and the recipes of its graphs. */
export class Generator {
  readonly sizes: GeneratorSizes;
  readonly layers: readonly GeneratorLayer[];
  /** All layers' styles, one after another in hypernetwork order `[S]`. */
  readonly styles: Tensor;
  readonly #plan: WeightPlan;
  readonly #facts: KernelFacts;
  /** Indices of layers whose filters are made anew at every step. */
  readonly #tunedLayers: ReadonlySet<number>;
  readonly #prefix: string;
  readonly #weights: readonly LayerWeights[];
  /** Styles as convolutions read them: {@link styles}, or divided by each layer's largest for f16. */
  readonly #convStyles: Tensor;
  readonly #energy: Tensor;
  readonly #demodulation: Tensor;
  readonly #filters = new Map<GeneratorLayer, ConvWeight>();
  readonly #upFilters = new Map<GeneratorLayer, UpConvWeight>();

  constructor(plan: WeightPlan, { sizes, tunedLayers, facts, prefix }: GeneratorArgs) {
    this.#plan = plan;
    this.sizes = sizes;
    this.#facts = facts;
    this.#tunedLayers = new Set(tunedLayers);
    this.#prefix = prefix;
    this.layers = generatorLayers(sizes);
    const at = { style: 0, energy: 0, demodulation: 0 };
    this.#weights = this.layers.map((layer) => {
      const key = this.#key(layer, 'conv.weight');
      const stored = plan.conv(key, [key]);
      const theta = view(stored, stored.shape.slice(1));
      const tuned = this.#isTransformed(layer, theta) ? undefined : this.#tunedTensor(layer, theta.shape);
      const weights = { layer, theta, tuned, ...at };
      at.style += layer.inChannels;
      if (layer.kind !== 'rgb') {
        at.energy += layer.inChannels * layer.outChannels;
        at.demodulation += layer.outChannels;
      }
      return weights;
    });
    this.styles = tensor(`${prefix} styles`, [at.style]);
    const half = (facts.precision ?? 'f32') !== 'f32';
    this.#convStyles = half ? tensor(`${prefix} normalised styles`, [at.style]) : this.styles;
    this.#energy = tensor(`${prefix} energy`, [at.energy]);
    this.#demodulation = tensor(`${prefix} demodulation`, [at.demodulation]);
  }

  /** Where a layer's style begins in {@link styles}, by index in hypernetwork order. */
  styleOffsets(): number[] {
    return this.#weights.map(({ style }) => style);
  }

  /** z `[rows, styleDim]` → w `[rows, styleDim]`. */
  mapping(g: Recorder, z: Tensor): Tensor {
    const { mappingLayers: layers, styleDim } = this.sizes;
    return mapping(g, this.#plan, z, { layers, styleDim, facts: this.#facts, prefix: this.#prefix });
  }

  /** Latents `[1 or latentCount, styleDim]`, and what is added to the styles `[S]` → {@link styles}. */
  recordStyles(g: Recorder, latents: Tensor, offset?: Tensor): void {
    const { styleDim } = this.sizes;
    const keys = (name: string): string[] => this.layers.map((layer) => this.#key(layer, `conv.modulation.${name}`));
    const total = this.styles.shape[0] ?? 0;
    const rows = (): Float32Array =>
      Float32Array.from(
        this.layers.flatMap(({ inChannels, latentIndex }) => Array<number>(inChannels).fill(latentIndex)),
      );
    styles(g, {
      latents,
      weight: view(this.#plan.concat(`${this.#prefix} modulation.weight`, keys('weight')), [total, styleDim]),
      bias: this.#plan.concat(`${this.#prefix} modulation.bias`, keys('bias')),
      latentRow: this.#plan.derive(
        `${this.#prefix} latent rows`,
        [total],
        [`${this.#prefix}.conv1.activate.bias`],
        rows,
      ),
      scale: 1 / Math.sqrt(styleDim),
      offset,
      output: this.styles,
      facts: this.#facts,
    });
  }

  /** {@link styles} and energies of θ̂ → demodulation factors of all layers. */
  recordDemodulation(g: Recorder): void {
    const convs = this.#weights.filter(({ layer }) => layer.kind !== 'rgb');
    const layers = convs.map(({ layer, style, energy }): DemodulatedLayer => ({ ...layer, style, energy }));
    const channels = this.#demodulation.shape[0] ?? 0;
    if (this.#convStyles !== this.styles) this.#recordStyleNorm(g);
    demodulation(g, {
      styles: this.#convStyles,
      energy: this.#energy,
      table: this.#plan.derive(`${this.#prefix} demodulation table`, [channels, 4], [], () =>
        demodulationTable(layers),
      ),
      layers,
      output: this.#demodulation,
      facts: this.#facts,
    });
  }

  #recordStyleNorm(g: Recorder): void {
    const ranges = this.#weights.map(({ layer, style }) => ({ first: style, length: layer.inChannels }));
    const name = `${this.#prefix} style table`;
    const table = this.#plan.derive(name, [ranges.length, 2], [], () => styleTable(ranges));
    styleNorm(g, { styles: this.styles, table, output: this.#convStyles });
  }

  /**
   * θ → θ̂, energy and filter transforms of some layers.
   * @param deltaOf ΣΔ of a layer, or undefined to leave it as the checkpoint has it
   */
  recordWeights(
    g: Recorder,
    layers: readonly GeneratorLayer[],
    deltaOf: (layer: GeneratorLayer) => LayerDelta | undefined = () => undefined,
  ): void {
    for (const { layer, theta, tuned, energy } of this.#weights) {
      if (!layers.includes(layer)) continue;
      const kernel = layer.kind === 'rgb' ? 1 : 3;
      const found = deltaOf(layer);
      const output = tuned ?? g.transient(`${layer.key} tuned`, theta.shape);
      weightUpdate(g, {
        label: layer.key,
        theta,
        delta: found?.delta,
        taps: found?.taps,
        scale: 1 / Math.sqrt(layer.inChannels * kernel ** 2),
        output,
        energy: layer.kind === 'rgb' ? undefined : slice(this.#energy, energy),
      });
      if (layer.kind === 'conv') this.#recordFilter(g, layer, output);
      if (layer.kind === 'up') this.#upFilters.set(layer, upConvWeight(g, this.#upFilterArgs(layer, output)));
    }
  }

  /** θ̂ in the type its convolution reads. */
  #tunedTensor(layer: GeneratorLayer, shape: Shape): Tensor {
    const spatial = [layer.resolution / 2, layer.resolution / 2] as const;
    const type = layer.kind === 'up' ? upConvWeightType({ ...layer, spatial }, this.#facts) : 'f32';
    return tensor(`${this.#key(layer, 'conv.weight')} tuned`, shape, 'persistent', type);
  }

  /** Whether a layer's convolution reads a transform of θ̂ instead of θ̂ itself. */
  #isTransformed(layer: GeneratorLayer, theta: Tensor): boolean {
    if (layer.kind !== 'conv') return false;
    const { weight, ...use } = this.#filterArgs(layer, theta);
    return planConvWeight(weight, use).transform !== undefined;
  }

  #upFilterArgs({ key: label, resolution }: GeneratorLayer, weight: Tensor) {
    const spatial: [number, number] = [resolution / 2, resolution / 2];
    return { label, weight, spatial, facts: this.#facts };
  }

  #recordFilter(g: Recorder, layer: GeneratorLayer, tuned: Tensor): void {
    const output = this.#filters.get(layer)?.tensor;
    this.#filters.set(layer, prepareConvWeight(g, { ...this.#filterArgs(layer, tuned), output }));
  }

  #filterArgs(layer: GeneratorLayer, weight: Tensor) {
    const { key: label, resolution, index } = layer;
    const spatial: [number, number] = [resolution, resolution];
    const retuned = this.#tunedLayers.has(index);
    return { label, weight: view(weight, [1, ...weight.shape]), spatial, retuned, facts: this.#facts };
  }

  /**
   * styles and θ̂ → picture. `recordWeights` must have been called for every layer in some graph.
   * @param noises one map `[H, W]` a convolution, already times its strength; see {@link storedNoises}
   * @param output `[3, size, size]`, not clamped
   * @returns where a run may begin when only later latents have changed: everything before is still in memory
   */
  recordSynthesis(g: Recorder, noises: readonly Tensor[], output: Tensor): ResumePoint[] {
    const constant = `${this.#prefix}.input.input`;
    const points: ResumePoint[] = [];
    let x = this.#plan.plain(constant, this.#plan.shape(constant).slice(-3));
    let rgb: Tensor | undefined;
    let conv = 0;
    /** Whether everything so far is kept: a run that begins later reads the RGB of the stage before as well. */
    let kept = true;
    for (const weights of this.#weights) {
      const { layer } = weights;
      if (layer.kind === 'rgb') {
        const last = layer.index === this.layers.length - 1;
        const into = last ? output : kept ? keptTensor(layer) : undefined;
        const colours = this.#toRgb(g, weights, { input: x, skip: rgb, output: into });
        rgb = colours.output;
        if (kept) points.push({ latentRow: layer.latentIndex, record: colours.record });
      } else {
        if (layer.kind === 'conv') kept &&= isKept(layer);
        const output = layer.kind === 'conv' && kept ? keptTensor(layer) : undefined;
        x = this.#styledConv(g, weights, { input: x, noise: noises[conv++], output });
      }
    }
    return points;
  }

  /** The checkpoint's noise maps times each layer's strength, in synthesis order, each `[H, W]`. */
  storedNoises(): Tensor[] {
    return this.#convLayers().map((layer, i) => {
      const [map, strength] = [`${this.#prefix}.noises.noise_${i}`, this.#key(layer, 'noise.weight')];
      const shape = [layer.resolution, layer.resolution];
      return this.#plan.derive(`${map} scaled`, shape, [map, strength], ([values, by]) => {
        // not Float32Array.from, which first lists a million numbers as objects
        return (values ?? new Float32Array()).map((v) => v * (by?.[0] ?? 0));
      });
    });
  }

  /** The checkpoint's noise maps as they are, in synthesis order, each `[H, W]`. */
  noiseMaps(): Tensor[] {
    return this.#convLayers().map(({ resolution }, i) =>
      this.#plan.plain(`${this.#prefix}.noises.noise_${i}`, [resolution, resolution]),
    );
  }

  /** Each convolution's noise strength `[1]`, in synthesis order, for fresh noise. */
  noiseStrengths(): Tensor[] {
    return this.#convLayers().map((layer) => this.#plan.plain(this.#key(layer, 'noise.weight')));
  }

  #convLayers(): GeneratorLayer[] {
    return this.layers.filter(({ kind }) => kind !== 'rgb');
  }

  #styledConv(
    g: Recorder,
    weights: LayerWeights,
    tensors: { readonly input: Tensor; readonly noise: Tensor | undefined; readonly output: Tensor | undefined },
  ): Tensor {
    const { layer, demodulation: factors, style } = weights;
    const common = {
      ...tensors,
      label: layer.key,
      inScale: slice(this.#convStyles, style),
      outScale: slice(this.#demodulation, factors),
      bias: slice(this.#plan.plain(this.#key(layer, 'activate.bias'))),
      activation: LEAKY,
    };
    const [filter, upFilter] = [this.#filters.get(layer), this.#upFilters.get(layer)];
    if (filter) return conv2d(g, { ...common, weight: filter });
    ensure(upFilter, 'model', () => `generator "${layer.key}": recordWeights must come before recordSynthesis`);
    return upConv(g, { ...common, weight: upFilter });
  }

  #toRgb(
    g: Recorder,
    weights: LayerWeights,
    tensors: { readonly input: Tensor; readonly skip: Tensor | undefined; readonly output: Tensor | undefined },
  ) {
    const { layer, tuned, style } = weights;
    ensure(tuned, 'model', () => `generator "${layer.key}": toRGB reads θ̂ itself`);
    const bias = slice(this.#plan.plain(this.#key(layer, 'bias'), [3]));
    const styles = slice(this.styles, style);
    return addToRgb(g, { ...tensors, label: layer.key, weight: tuned, styles, bias, facts: this.#facts });
  }

  #key(layer: GeneratorLayer, name: string): string {
    return `${this.#prefix}.${layer.key}.${name}`;
  }
}
