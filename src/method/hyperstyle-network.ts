/**
 * The whole method as graphs (HyperStyle, arXiv 2111.15666, §3): which networks run when, and the state they share. Pure: it
 * describes dispatches and tensors for any architecture without a GPU, so plans of sizes that no test machine can run are
 * tested too. `engine.ts` compiles and runs it.
 */
import { type Architecture, inputShape } from '../architecture.ts';
import { Graph } from '../graph/graph.ts';
import { accumulateCodes } from '../kernels/accumulate.ts';
import type { AdapterFacts } from '../kernels/choose.ts';
import { latents } from '../kernels/latents.ts';
import { squaredError } from '../kernels/measure.ts';
import { fillNoise } from '../kernels/noise.ts';
import { adaptivePool } from '../kernels/pools.ts';
import { truncate } from '../kernels/truncate.ts';
import { ConvWeights } from '../models/conv-weights.ts';
import { Generator, type ResumePoint } from '../models/generator.ts';
import { type LayerDeltas, recordDeltas, recordSeparableHeads, separableDeltas } from '../models/heads.ts';
import { type BlockGroup, blockGroups, hyperTrunk, refinementCodes } from '../models/hypernetwork.ts';
import { wEncoder } from '../models/w-encoder.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import { owner, type Tensor, tensor } from '../tensor.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** Names of the graphs, in the order they first run. */
export type GraphName =
  | 'prepare' // once while loading, piece by piece: weights as stored → as kernels read them
  | 'storedNoise' // the checkpoint's noise maps become the active ones
  | 'freshNoise' // new noise maps from a seed
  | 'encode' // x → base latents
  | 'map' // z → base latents, truncated
  | 'untune' // θ → θ̂ without offsets
  | 'retune' // Σ codes → ΣΔ → θ̂
  | 'style' // base latents and edits → styles
  | 'demodulate' // styles, θ̂ → demodulation factors
  | 'synthesize' // styles, factors, θ̂ → y
  | 'measure' // y → pooled y, squared error to x
  | 'refine'; // x, pooled y → codes, added to Σ

/** Tensors that outlive a run. */
export interface NetworkState {
  /** The photo as the networks read it `[3, h, w]` in [-1, 1]. */
  readonly x: Tensor;
  /** y pooled to what the hypernetwork reads `[3, h, w]`. */
  readonly pooled: Tensor;
  /** What the hypernetwork reads: x and pooled y, one after the other `[6, h, w]`. */
  readonly pair: Tensor;
  /** The latest picture `[3, size, size]`, not clamped. */
  readonly y: Tensor;
  /** Mean squared error between x and pooled y `[1]`. */
  readonly error: Tensor;
  /** Latents before edits `[latentCount, styleDim]`: the inversion's codes. */
  readonly base: Tensor;
  /** Latents after edits `[latentCount, styleDim]`. */
  readonly latents: Tensor;
  /** Edit directions `[K, styleDim]`; one row of zeros when the model has none. */
  readonly directions: Tensor;
  /** How far along each direction, a layer `[K, latentCount]`. */
  readonly amounts: Tensor;
  /** Input of the mapping network `[1, styleDim]`. */
  readonly z: Tensor;
  /** Truncation ψ `[1]`. */
  readonly psi: Tensor;
  /** Seed of fresh noise `[1]`, the bits of a u32. */
  readonly noiseSeed: Tensor;
}

/** Graphs and state of one model. */
export class HyperStyleNetwork {
  readonly architecture: Architecture;
  readonly directionNames: readonly string[];
  readonly plan: WeightPlan;
  readonly generator: Generator;
  readonly groups: readonly BlockGroup[];
  readonly state: NetworkState;
  readonly graphs: ReadonlyMap<GraphName, Graph>;
  /** What sums up over the steps and makes, with `base`, a person: summed codes, or ΣΔ of separable heads. */
  readonly sums: readonly Tensor[];
  /** ΣΔ of each tuned layer as `retune` computes it. */
  readonly deltas: LayerDeltas = new Map();
  /** Where `synthesize` may begin when only later latents have changed. */
  resumePoints: readonly ResumePoint[] = [];
  /** The hypernetwork's features `[C, h, w]`. */
  features: Tensor | undefined;
  /** w̄, the average latent `[latentCount, styleDim]`, where the checkpoint has it. */
  readonly average: Tensor | undefined;
  readonly #facts: AdapterFacts;
  readonly #graphs = new Map<GraphName, Graph>();
  readonly #separable: Map<number, Tensor>;
  readonly #noises: Tensor[];

  /** @throws `tensor` and `model` errors when tensors are missing or do not fit together */
  constructor(source: Pick<WeightSource, 'architecture' | 'tensors' | 'directions'>, facts: AdapterFacts) {
    this.architecture = source.architecture;
    this.directionNames = [...(source.directions?.keys() ?? [])];
    this.#facts = facts;
    this.plan = new WeightPlan(source.tensors);
    this.#graphs.set('prepare', this.plan.prepare);
    this.average = this.plan.has('latent_avg') ? this.plan.plain('latent_avg') : undefined;
    this.state = makeState(this.architecture, Math.max(1, this.directionNames.length));
    this.generator = new Generator(this.plan, this.architecture, facts);
    const { hypernetwork } = this.architecture;
    this.groups = hypernetwork ? blockGroups(this.plan, hypernetwork) : [];
    const { layers } = this.generator;
    this.#separable = new Map(this.groups.flatMap((group) => [...separableDeltas(group, layers)]));
    this.sums = [...this.groups.map(({ state }) => state), ...this.#separable.values()];
    this.#noises = this.generator.storedNoises().map((t) => tensor(`${t.name} active`, t.shape));
    this.#record();
    this.graphs = this.#graphs;
  }

  /** The graphs that run again and again: all but `prepare`. */
  replayed(): [GraphName, Graph][] {
    return [...this.graphs].filter(([name]) => name !== 'prepare');
  }

  /** Every persistent tensor that outlives loading: weights, state and whatever the graphs keep between runs. */
  lastingTensors(): Tensor[] {
    const used = this.replayed().flatMap(([, graph]) => graph.persistentTensors());
    const prepared = new Set(this.plan.prepare.persistentTensors());
    // a weight that nothing prepares is read by a graph, or will be by one that is compiled later
    const kept = this.plan.targets.filter((target) => !prepared.has(target));
    return [...new Set([...kept, ...Object.values(this.state), ...this.sums, ...used].map(owner))];
  }

  /** What only `prepare` uses: weights as stored, and steps on the way from there. */
  temporaryTensors(): Set<Tensor> {
    const lasting = new Set(this.lastingTensors());
    return new Set(this.plan.prepare.persistentTensors().filter((t) => !lasting.has(t)));
  }

  #graph(name: GraphName): Graph {
    const graph = this.#graphs.get(name) ?? new Graph(name);
    this.#graphs.set(name, graph);
    return graph;
  }

  #record(): void {
    this.#recordNoise();
    if (this.architecture.hypernetwork) this.#recordRefine();
    this.#recordTuning();
    this.#recordLatents();
    const { state, generator } = this;
    generator.recordStyles(this.#graph('style'), state.latents);
    generator.recordDemodulation(this.#graph('demodulate'));
    this.resumePoints = generator.recordSynthesis(this.#graph('synthesize'), this.#noises, state.y);
    this.#recordMeasure();
  }

  #recordNoise(): void {
    const stored = this.generator.storedNoises();
    const strengths = this.generator.noiseStrengths();
    this.#noises.forEach((output, i) => {
      const [map, strength] = [stored[i], strengths[i]];
      const [rows, features] = [output.shape[0] ?? 1, output.shape[1] ?? 1];
      if (!map || !strength) return;
      // A copy by the latents kernel: base rows without average or edits.
      latents(this.#graph('storedNoise'), { label: `noise ${rows}×${features}`, base: map, output });
      fillNoise(this.#graph('freshNoise'), {
        label: `noise ${i}`,
        seed: this.state.noiseSeed,
        stream: i,
        strength,
        output,
      });
    });
  }

  #recordTuning(): void {
    const { generator, groups } = this;
    const tuned = generator.layers.filter(({ index }) => groups.some(({ layers }) => layers.includes(index)));
    const constant = generator.layers.filter((layer) => !tuned.includes(layer));
    generator.recordWeights(this.#graph('prepare'), constant);
    generator.recordWeights(this.#graph('untune'), tuned);
    if (groups.length === 0) return;
    const retune = this.#graph('retune');
    const heads = { plan: this.plan, layers: generator.layers, facts: this.#facts };
    for (const group of groups) recordDeltas(retune, heads, group, this.deltas);
    for (const [layer, delta] of this.#separable)
      this.deltas.set(layer, { delta: { tensor: delta, offset: 0 }, taps: 3 });
    generator.recordWeights(retune, tuned, ({ index }) => this.deltas.get(index));
  }

  #recordLatents(): void {
    const { state, plan, architecture, generator, average } = this;
    if (architecture.encoder) {
      const encode = this.#graph('encode');
      // once a photo: filters that lasted would take four times the encoder's weights
      const weights = new ConvWeights(plan, this.#facts, encode);
      const w = wEncoder(encode, weights, architecture.encoder, state.x);
      latents(encode, { label: 'codes', base: w, average, output: state.base });
    }
    const map = this.#graph('map');
    const w = generator.mapping(map, state.z);
    if (average) {
      const repeated = latents(map, {
        label: 'w',
        base: w,
        output: map.transient('w of every layer', state.base.shape),
      });
      truncate(map, { label: 'truncation', w: repeated, mean: average, psi: state.psi, output: state.base });
    } else latents(map, { label: 'codes', base: w, output: state.base });
    const edits = { directions: state.directions, amounts: state.amounts };
    latents(this.#graph('style'), { label: 'edits', base: state.base, edits, output: state.latents });
  }

  #recordMeasure(): void {
    const { state, architecture } = this;
    const { inputSize, cropRows } = architecture;
    const measure = this.#graph('measure');
    adaptivePool(measure, {
      label: 'pool y',
      input: state.y,
      height: inputSize,
      width: inputSize,
      rows: cropRows,
      output: state.pooled,
    });
    squaredError(measure, { label: 'error', a: state.x, b: state.pooled, output: state.error });
  }

  #recordRefine(): void {
    const { hypernetwork } = this.architecture;
    if (!hypernetwork) return;
    const refine = this.#graph('refine');
    const weights = new ConvWeights(this.plan, this.#facts);
    const features = hyperTrunk(refine, weights, hypernetwork, this.state.pair);
    this.features = features;
    for (const group of this.groups) {
      const codes = refinementCodes(refine, weights, group, features);
      recordSeparableHeads(refine, this.plan, group, codes, this.#separable);
      accumulateCodes(refine, { label: `Σ codes of layers ${group.layers}`, codes, state: group.state });
    }
  }
}

function makeState(arch: Architecture, directions: number): NetworkState {
  const [h, w] = inputShape(arch);
  const { size, styleDim, latentCount } = arch;
  return {
    x: tensor('x', [3, h, w]),
    pooled: tensor('pooled y', [3, h, w]),
    pair: tensor('x and y', [6, h, w]),
    y: tensor('y', [3, size, size]),
    error: tensor('error', [1]),
    base: tensor('codes', [latentCount, styleDim]),
    latents: tensor('latents', [latentCount, styleDim]),
    directions: tensor('directions', [directions, styleDim]),
    amounts: tensor('amounts', [directions, latentCount]),
    z: tensor('z', [1, styleDim]),
    psi: tensor('psi', [1]),
    noiseSeed: tensor('noise seed', [1]),
  };
}
