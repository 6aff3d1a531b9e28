/**
 * One HyperStyle model as a network: generator, and where present W encoder and hypernetwork, joined by what lies between them
 * (retune, measure). Pure: it describes dispatches and tensors for any architecture without a GPU, so plans of sizes that no
 * test machine can run are tested too. `schedule.ts` says what runs when, `engine.ts` runs it.
 */
import { type Architecture, inputShape } from '../architecture.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { squaredError } from '../kernels/measure.ts';
import { adaptivePool } from '../kernels/pools.ts';
import { type GeneratorGraph, GeneratorNetwork, type GeneratorState } from '../models/generator-network.ts';
import type { LayerDeltas } from '../models/heads.ts';
import { type HyperGraph, HyperNetwork } from '../models/hyper-network.ts';
import { EncoderNetwork } from '../models/w-encoder.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Network, Transfer } from '../runtime/network.ts';
import { byteLength, type Tensor, tensor } from '../tensor.ts';
import { GiveWay } from '../tuning/give-way.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { recordRetune } from './retuning.ts';
import { MAX_STEPS } from './schedule.ts';

/** Graphs and transfers of a HyperStyle model: its members' and its own. */
export type HyperStyleGraph =
  | GeneratorGraph
  | HyperGraph
  | 'encode' // x → base latents
  | 'retune' // active sums → ΣΔ → θ̂
  | 'measure' // y → pooled y, squared error to x
  | 'gather' // x and pooled y → what the hypernetwork reads
  | 'unedited' // offsets of latents and styles := 0
  | 'noNoise'; // active noise maps := 0

/** Tensors that outlive a run. */
export type HyperStyleState = GeneratorState & {
  /** The photo as the networks read it `[3, h, w]` in [-1, 1]. */
  readonly x: Tensor;
  /** y pooled to what the hypernetwork reads `[3, h, w]`. */
  readonly pooled: Tensor;
  /** Mean squared error between x and pooled y `[1]`. */
  readonly error: Tensor;
  /** The errors of y_0, y_1, … of the latest inversion `[MAX_STEPS + 1]`. */
  readonly errors: Tensor;
};

/** What a model is recorded from. */
type ModelTensors = Pick<WeightSource, 'architecture' | 'tensors'>;

/** The networks that a model consists of, and what they share. */
type Parts = Pick<HyperStyleNetwork, 'plan' | 'generator' | 'state' | 'encoder' | 'hypernetwork'>;

/** Records one member after another; stops after each. */
function* membersOf({ architecture, tensors }: ModelTensors, facts: KernelFacts): Generator<undefined, Parts> {
  const plan = new WeightPlan(tensors);
  const { encoder: trunk, hypernetwork: sizes } = architecture;
  const read = inputShape(architecture);
  const tunedLayers = sizes?.tunedLayers ?? [];
  const generator = new GeneratorNetwork(plan, { sizes: architecture, facts, tunedLayers });
  yield;
  const shape = [3, ...read];
  const state: HyperStyleState = {
    ...generator.state,
    x: tensor('x', shape),
    pooled: tensor('pooled y', shape),
    error: tensor('error', [1]),
    errors: tensor('errors', [MAX_STEPS + 1]),
  };
  const { average } = generator;
  const encoder = trunk
    ? new EncoderNetwork(plan, { trunk, facts, x: state.x, average, output: state.base })
    : undefined;
  yield;
  const layers = { layers: generator.generator.layers, inputShape: read, facts };
  const hypernetwork = sizes ? new HyperNetwork(plan, { sizes, ...layers }) : undefined;
  yield;
  return { plan, generator, state, encoder, hypernetwork };
}

/** The result of work that could be done in pieces. */
function atOnce<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Graphs and state of one model. */
export class HyperStyleNetwork implements Network<HyperStyleGraph> {
  readonly name = 'HyperStyle';
  readonly architecture: Architecture;
  readonly plan: WeightPlan;
  readonly generator: GeneratorNetwork;
  readonly encoder: EncoderNetwork | undefined;
  readonly hypernetwork: HyperNetwork | undefined;
  readonly state: HyperStyleState;
  readonly graphs: ReadonlyMap<HyperStyleGraph, Graph>;
  readonly transfers: ReadonlyMap<HyperStyleGraph, readonly Transfer[]>;
  /** ΣΔ of each tuned layer as `retune` computes it. */
  readonly deltas: LayerDeltas;

  /**
   * @param parts its members; {@link inPieces} hands them over
   * @throws `tensor` and `model` errors when tensors are missing or do not fit together
   */
  constructor(source: ModelTensors, facts: KernelFacts, parts: Parts = atOnce(membersOf(source, facts))) {
    this.architecture = source.architecture;
    this.plan = parts.plan;
    this.generator = parts.generator;
    this.encoder = parts.encoder;
    this.hypernetwork = parts.hypernetwork;
    this.state = parts.state;
    const retune = new Graph('retune');
    this.deltas = this.hypernetwork ? recordRetune(retune, this.hypernetwork, this.generator) : new Map();
    this.graphs = new Map<HyperStyleGraph, Graph>([
      ...(this.hypernetwork?.graphs ?? []),
      ...(this.hypernetwork ? [['retune', retune] as const] : []),
      ...(this.encoder?.graphs ?? []),
      ...this.generator.graphs,
      ['measure', this.#measure()],
    ]);
    this.transfers = this.#transfers();
  }

  /** The same, member by member with others' turns between: recording a published 1024 model takes longer than a page's frame. */
  static async inPieces(source: ModelTensors, facts: KernelFacts): Promise<HyperStyleNetwork> {
    const way = new GiveWay();
    const members = membersOf(source, facts);
    for (;;) {
      const member = members.next();
      if (member.done) return new HyperStyleNetwork(source, facts, member.value);
      await way.between();
    }
  }

  /** What sums up over the steps and makes, with `base`, a person. */
  get sums(): readonly Tensor[] {
    return this.hypernetwork?.sums ?? [];
  }

  #measure(): Graph {
    const { x, y, pooled, error } = this.state;
    const { inputSize, cropRows } = this.architecture;
    const measure = new Graph('measure');
    const size = { height: inputSize, width: inputSize, rows: cropRows };
    adaptivePool(measure, { label: 'pool y', input: y, ...size, output: pooled });
    squaredError(measure, { label: 'error', a: x, b: pooled, output: error });
    return measure;
  }

  #transfers(): Map<HyperStyleGraph, readonly Transfer[]> {
    const { x, pooled, offset, styleOffset } = this.state;
    const transfers = new Map<HyperStyleGraph, readonly Transfer[]>(this.hypernetwork?.transfers ?? [['forget', []]]);
    transfers.set('unedited', [{ to: offset }, { to: styleOffset }]);
    transfers.set(
      'noNoise',
      this.generator.noises.map((to) => ({ to })),
    );
    const pair = this.hypernetwork?.state.pair;
    if (pair) {
      transfers.set('gather', [
        { from: x, to: pair },
        { from: pooled, to: pair, byteOffset: byteLength(x) },
      ]);
    }
    return transfers;
  }
}
