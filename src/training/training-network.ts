/**
 * A training as a network: graphs that a schedule replays (`session.ts`). HyperStyle's own recipe (`Coach.train` of its
 * authors): a pass gives offsets at the codes of this pass, which are added to those of earlier passes as constants;
 * each pass is differentiated by itself, gradients add up over the passes, and one step of the optimiser follows. W
 * encoder and generator have one pass.
 *
 * With frozen statistics the pictures of a batch are independent, and small batches whose gradients are summed are
 * exactly a large one. With the statistics of the batch they are not.
 */
import { type Architecture, generatorLayers, inputShape } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { Tape } from '../gradients/tape.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { latents as addAverage } from '../kernels/latents.ts';
import { adaptivePool } from '../kernels/pools.ts';
import { product, sum } from '../kernels/product.ts';
import { addInto } from '../kernels/sums.ts';
import { ConvWeights, slice } from '../models/conv-weights.ts';
import { trainableGenerator } from '../models/trainable-generator.ts';
import {
  hyperFeatures,
  type OffsetPart,
  offsetOf,
  offsetParts,
  type Statistics,
} from '../models/trainable-hypernetwork.ts';
import { TrainablePlan } from '../models/trainable-plan.ts';
import { wEncoders } from '../models/trainable-trunks.ts';
import { wEncoder } from '../models/w-encoder.ts';
import type { Network, Transfer } from '../runtime/network.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import { AVERAGE_LATENT } from '../weights/unified-keys.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { type Learnt, learntTensors, runningStatistics } from './learnt.ts';
import { BatchLosses, type FeatureLoss } from './losses.ts';
import { Optimiser } from './optimiser.ts';
import { belongsTo, type Recipe } from './recipe.ts';

/** Graphs and transfers of a {@link TrainingNetwork}. */
export type TrainingGraph =
  | 'begin' // targets → their features; codes, y_0
  | 'pass' // y of the pass before → offsets, y, losses; their gradients are added to the sums
  | 'check' // the same without gradients, with frozen statistics: for pictures that judge
  | 'norms' // sums of gradients → their squared norms
  | 'step' // sums of gradients → weights
  | 'restart' // offsets of earlier passes := 0
  | 'clear' // sums of gradients := 0
  | 'forget' // moments := 0, averages and slow weights := the weights
  | 'average' // the averages take the weights' place
  | 'resume'; // and give it back

/** Tensors of one picture of the batch. */
interface Place {
  /** The target `[3, h, w]` in [-1, 1], as the networks read it. */
  readonly x: Tensor;
  /** y so far, like it. */
  readonly y: Tensor;
  /** Latents `[latentCount, styleDim]`. */
  readonly codes: Tensor;
  /** Offsets of earlier passes, in the order of `offsetParts`. */
  readonly sums: Tensor[];
}

/** A network that learns. */
export class TrainingNetwork implements Network<TrainingGraph> {
  readonly name: string;
  readonly recipe: Recipe;
  readonly architecture: Architecture;
  readonly plan: TrainablePlan;
  readonly graphs: ReadonlyMap<TrainingGraph, Graph>;
  readonly transfers: ReadonlyMap<TrainingGraph, readonly Transfer[]>;
  readonly state: Readonly<Record<string, Tensor>>;
  /** The pictures of the batch. */
  readonly places: readonly Place[];
  readonly losses: BatchLosses;
  readonly optimiser: Optimiser;
  readonly statistics: readonly Learnt[];
  readonly #facts: KernelFacts;

  /** @throws `model` error when the model lacks the part, `option` for a batch that has no statistics, `tensor` for int8 */
  constructor(
    source: Pick<WeightSource, 'name' | 'architecture' | 'tensors'>,
    recipe: Recipe,
    facts: KernelFacts,
    features: readonly FeatureLoss[] = [],
  ) {
    const { part, batch } = recipe;
    this.name = `training of the ${part}`;
    this.recipe = recipe;
    this.architecture = source.architecture;
    this.#facts = { ...facts, precision: 'f32' };
    ensureTrainable(source, recipe);
    const [begin, pass, check] = [new Graph('begin'), new Graph('pass'), new Graph('check')];
    const tape = new Tape(pass, this.#facts);
    this.plan = new TrainablePlan(source.tensors, tape, (key) => belongsTo(part, key));
    const { latentCount, styleDim } = this.architecture;
    const shape = [3, ...inputShape(this.architecture)];
    this.places = Array.from({ length: batch }, (_, n) => ({
      x: tensor(`x ${n}`, shape),
      y: tensor(`y ${n}`, shape),
      codes: tensor(`codes ${n}`, [latentCount, styleDim]),
      sums: [],
    }));
    const targets = this.places.map(({ x }) => x);
    this.losses = new BatchLosses(targets, recipe.loss, features, begin);
    this.#recordBegin(begin);
    const seeds = this.losses.record(tape, this.#recordPass(tape, recipe.statistics));
    this.plan.foldIn(check);
    this.losses.record(check, this.#recordPass(check, 'frozen'));
    const learnt = learntTensors(this.plan, part);
    this.statistics = runningStatistics(this.plan, part);
    this.optimiser = new Optimiser(learnt, recipe, this.#facts);
    tape.backward(
      seeds(),
      learnt.map((each) => each.tensor),
      this.optimiser.slots.map(({ gradient }) => gradient),
    );
    const [norms, step] = [new Graph('norms'), new Graph('step')];
    this.optimiser.recordSquares(norms);
    this.optimiser.recordStep(step);
    const graphs: [TrainingGraph, Graph][] = [
      ['begin', begin],
      ['pass', pass],
      ['check', check],
      ['norms', norms],
      ['step', step],
    ];
    this.graphs = new Map(graphs.filter(([, { nodes }]) => nodes.length > 0));
    this.transfers = this.#transfers();
    const { squares, numbers, matrixNumbers, decay } = this.optimiser;
    this.state = { losses: this.losses.values, squares, numbers, matrixNumbers, decay };
  }

  #transfers(): Map<TrainingGraph, readonly Transfer[]> {
    const { forget, clear, average, resume } = this.optimiser;
    const restart = this.places.flatMap(({ sums }) => sums.map((to) => ({ to })));
    const begin: [TrainingGraph, Transfer[]][] = this.graphs.has('begin') ? [] : [['begin', []]];
    return new Map<TrainingGraph, Transfer[]>([
      ...begin,
      ['restart', restart],
      ['clear', clear],
      ['forget', forget],
      ['average', average],
      ['resume', resume],
    ]);
  }

  /** Codes, and for a hypernetwork the picture that they give without offsets. */
  #recordBegin(begin: Graph): void {
    const { part } = this.recipe;
    if (part === 'encoder') return;
    const { encoder } = this.architecture;
    const weights = new ConvWeights(this.plan, this.#facts, begin);
    for (const { x, codes, y } of this.places) {
      if (encoder) {
        const base = wEncoder(begin, weights, encoder, x);
        addAverage(begin, { label: 'codes', base, added: this.#average(), output: codes });
      }
      if (part === 'hypernetwork') addInto(begin, { a: this.#picture(begin, codes), target: slice(y), keep: false });
    }
  }

  /** One pass. @returns the pictures as they are compared */
  #recordPass(g: Recorder, statistics: Statistics): Tensor[] {
    const weights = new ConvWeights(this.plan, this.#facts, g);
    const { part } = this.recipe;
    const { places } = this;
    if (part === 'generator') return places.map(({ codes, y }) => this.#shown(g, this.#picture(g, codes), y));
    if (part === 'encoder') {
      return this.#latents(g, weights, statistics).map((codes, n) => {
        return this.#shown(g, this.#picture(g, codes), places[n]?.y);
      });
    }
    const { hypernetwork: sizes } = this.architecture;
    if (!sizes) return [];
    const layers = generatorLayers(this.architecture);
    const hyper = { g, plan: this.plan, weights, sizes, layers };
    const pairs = places.map(({ x, y }, n) => {
      const pair = g.transient(`x and y ${n}`, [6, ...x.shape.slice(1)]);
      addInto(g, { a: x, target: slice(pair), keep: false });
      addInto(g, { a: y, target: slice(pair, elementCount(x.shape)), keep: false });
      return pair;
    });
    return hyperFeatures(hyper, statistics, pairs).map((features, n) => {
      const parts = this.#summed(g, offsetParts(hyper, features), places[n]?.sums ?? []);
      return this.#shown(g, this.#picture(g, places[n]?.codes, parts), places[n]?.y);
    });
  }

  /** Offsets of this pass and the earlier ones, which are kept for the next. */
  #summed(g: Recorder, parts: readonly OffsetPart[], sums: Tensor[]): OffsetPart[] {
    return parts.map((part, i) => {
      const { delta, layers } = part;
      sums[i] ??= tensor(`ΣΔ of layers ${layers}`, delta.shape);
      const total = sum(g, { label: `layers ${layers}`, a: delta, b: sums[i] ?? delta });
      addInto(g, { a: total, target: slice(sums[i] ?? delta), keep: false });
      return { ...part, delta: total };
    });
  }

  /** Latents of every picture as a function of the encoder. */
  #latents(g: Recorder, weights: ConvWeights, statistics: Statistics): Tensor[] {
    const { encoder } = this.architecture;
    const targets = this.places.map(({ x }) => x);
    if (!encoder) return [];
    const found =
      statistics === 'batch'
        ? wEncoders({ g, weights, plan: this.plan }, encoder.units, targets)
        : targets.map((x) => wEncoder(g, weights, encoder, x));
    const { latentCount: rows, styleDim: columns } = this.architecture;
    const ones = this.plan.derive('ones', [rows, 1], [], () => new Float32Array(rows).fill(1));
    return found.map((w) => {
      const left = { tensor: ones, row: 1, depth: 1 };
      const right = { tensor: w, depth: columns, column: 1 };
      const repeated = product(g, { label: 'codes', rows, columns, depth: 1, left, right, shape: [rows, columns] });
      const average = this.#average();
      return average ? sum(g, { label: 'codes', a: repeated, b: average }) : repeated;
    });
  }

  #average(): Tensor | undefined {
    return this.plan.has(AVERAGE_LATENT) ? this.plan.plain(AVERAGE_LATENT) : undefined;
  }

  /** Latents and offsets → the picture at the size that is compared. */
  #picture(g: Recorder, codes: Tensor | undefined, parts: readonly OffsetPart[] = []): Tensor {
    const { inputSize, cropRows } = this.architecture;
    ensure(codes, 'model', 'a picture without latents');
    const { output } = trainableGenerator(g, {
      plan: this.plan,
      sizes: this.architecture,
      facts: this.#facts,
      latents: codes,
      deltaOf: (index) => offsetOf(parts, index),
    });
    if (inputSize === this.architecture.size && !cropRows) return output;
    return adaptivePool(g, { label: 'y', input: output, height: inputSize, width: inputSize, rows: cropRows });
  }

  /** Keeps a picture where the next pass and whoever looks find it. */
  #shown(g: Recorder, picture: Tensor, y: Tensor | undefined): Tensor {
    if (y) addInto(g, { a: picture, target: slice(y), keep: false });
    return picture;
  }
}

function ensureTrainable(
  { name, architecture }: Pick<WeightSource, 'name' | 'architecture'>,
  { part, batch, statistics }: Recipe,
): void {
  ensure(architecture.encoder, 'model', () => `${name} has no W encoder, which every training reads pictures with`);
  ensure(part !== 'hypernetwork' || architecture.hypernetwork, 'model', () => `${name} has no hypernetwork to train`);
  ensure(statistics !== 'batch' || (batch > 1 && part !== 'generator'), 'option', () =>
    part === 'generator'
      ? 'statistics "batch": a generator has no BatchNorm; leave the option out'
      : `statistics "batch" need at least two pictures at once, batch is ${batch}; use "frozen" or a larger batch`,
  );
}
