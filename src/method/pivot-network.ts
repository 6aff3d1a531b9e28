/**
 * Pivotal tuning as a network (Roich et al. 2021, arXiv 2106.05744): Adam on every weight of the generator, at latents
 * that stay. A hypernetwork's offsets may be the start: θ = θ₀·(1+ΣΔ). The weights are this network's own; what moved
 * goes to the `TunedGenerator` that shows it. The schedule is in `pivot-weights.ts`.
 */
import { Tape } from '../gradients/tape.ts';
import { Graph } from '../graph/graph.ts';
import { squaredLoss } from '../kernels/losses.ts';
import { mixSums } from '../kernels/mix.ts';
import { addInto, fill } from '../kernels/sums.ts';
import { weightUpdate } from '../kernels/weight-update.ts';
import { slice } from '../models/conv-weights.ts';
import type { HyperNetwork } from '../models/hyper-network.ts';
import type { LossNetwork } from '../models/loss-network.ts';
import { trainableGenerator } from '../models/trainable-generator.ts';
import type { TunedGenerator } from '../models/tuned-generator.ts';
import { isTunable, PlanOnTuned } from '../models/tuned-plan.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Network, Transfer } from '../runtime/network.ts';
import { elementCount, owner, type Tensor, tensor, view } from '../tensor.ts';
import { AdamState } from './adam-state.ts';
import { cropped } from './latent-network.ts';
import { LOSSES, type LossSources, type LossWeights, lossNetworks, Terms } from './losses.ts';

/** What is recorded. Equal ones give equal graphs. */
export interface PivotRecipe {
  readonly loss: LossWeights;
  /** Weight of the locality regularisation's losses; 0 leaves it out. */
  readonly locality: number;
}

/** Graphs and transfers of {@link PivotNetwork}. */
export type PivotGraph =
  | 'bake' // θ₀, active sums → θ = θ₀·(1+ΣΔ)
  | 'step' // θ → picture, losses; then their gradients, and Adam
  | 'moved' // θ, θ₀ → δ of the generator that shows it
  | 'begin' // θ := θ₀, moments := 0
  | 'keep' // the good state := θ
  | 'recall'; // θ := the good state

/** Weights being learnt. */
export class PivotNetwork implements Network<PivotGraph> {
  readonly name = 'pivotal tuning';
  readonly plan = new WeightPlan(new Map());
  readonly graphs: ReadonlyMap<PivotGraph, Graph>;
  readonly transfers: ReadonlyMap<PivotGraph, readonly Transfer[]>;
  readonly state: {
    /** The pivot `[latentCount, styleDim]`. */
    readonly latents: Tensor;
    /** Latents near the pivot, like it, and what the old generator makes of them `[3, size, size]`. */
    readonly near: Tensor;
    readonly before: Tensor;
    readonly losses: Tensor;
    readonly numbers: Tensor;
    /** The picture before the step `[3, size, size]`. */
    readonly y: Tensor;
  };
  readonly terms: Terms;
  readonly adam: AdamState;
  readonly compared: readonly LossNetwork[];
  /** Dispatches of `step` up to the losses. */
  readonly forward: number;
  /** Whether `near` and `before` are read. */
  readonly localised: boolean;
  readonly #tuned: TunedGenerator;

  /**
   * @param target the photo `[3, rows, size]` in [-1, 1]
   * @param rows of the picture that the photo shows
   */
  constructor(
    tuned: TunedGenerator,
    recipe: PivotRecipe,
    { target, rows }: { readonly target: Tensor; readonly rows: readonly [number, number] },
    {
      sources = new Map(),
      hypernetwork,
    }: { readonly sources?: LossSources | undefined; readonly hypernetwork?: HyperNetwork | undefined } = {},
  ) {
    this.#tuned = tuned;
    const { sizes, facts } = tuned;
    const { loss } = recipe;
    this.localised = recipe.locality > 0;
    const step = new Graph('step');
    const tape = new Tape(step, facts);
    const plan = new PlanOnTuned(tuned.plan, tape, true);
    const pictureShape = [3, sizes.size, sizes.size];
    const codes = [sizes.latentCount, sizes.styleDim];
    const [latents, near] = [tensor('pivot', codes), tensor('near the pivot', codes)];
    const [y, before] = [tensor('y of the pivot', pictureShape), tensor('y before tuning', pictureShape)];
    const losses = tensor('losses of the pivot', [LOSSES.length + 2]);
    const { output } = trainableGenerator(tape, { plan, sizes, facts, latents });
    addInto(tape, { a: output, target: slice(y), keep: false });
    this.compared = lossNetworks(sources, loss, facts, target);
    this.terms = new Terms(tape, losses);
    this.terms.compare(cropped(tape, output, { width: sizes.size, rows }), target, loss, this.compared);
    if (this.localised) {
      const after = trainableGenerator(tape, { plan, sizes, facts, latents: near, noises: 'none' }).output;
      const kept = squaredLoss(tape, { label: 'locality', input: after, target: before });
      this.terms.add('locality l2', kept, recipe.locality);
      const lpips = this.compared.find((network) => network.loss === 'lpips');
      if (lpips) this.terms.add('locality lpips', lpips.recordBetween(tape, after, before), recipe.locality);
    }
    this.forward = step.nodes.length;
    const keyed = [...plan.parameters].filter(([key]) => isTunable(key));
    this.adam = new AdamState([...new Set(keyed.map(([, { tensor: of }]) => owner(of)))]);
    this.adam.record(step, this.terms.backward(this.adam.slots.map(({ parameter }) => parameter)));
    this.state = { latents, near, before, losses, numbers: this.adam.numbers, y };
    this.graphs = new Map<PivotGraph, Graph>([
      ...(hypernetwork ? [['bake', this.#bake(hypernetwork)] as const] : []),
      ['step', step],
      ['moved', this.#moved()],
    ]);
    const copies = this.adam.slots.map(({ parameter }) => ({ from: this.#origin(parameter), to: parameter }));
    const kept = this.adam.slots.map(({ parameter }) => ({
      parameter,
      good: tensor(`${parameter.name} good`, parameter.shape),
    }));
    this.transfers = new Map<PivotGraph, readonly Transfer[]>([
      ['begin', [...copies, ...this.adam.forget]],
      ['keep', kept.map(({ parameter: from, good: to }) => ({ from, to }))],
      ['recall', kept.map(({ parameter: to, good: from }) => ({ from, to }))],
    ]);
  }

  /** θ₀ of a weight. */
  #origin({ name }: Tensor): Tensor {
    return this.#tuned.plan.of(name).origin;
  }

  /** θ of every layer that has offsets, from θ₀. */
  #bake(hypernetwork: HyperNetwork): Graph {
    const bake = new Graph('bake');
    const deltas = hypernetwork.recordOffsets(bake);
    for (const { index, key } of this.#tuned.generator.layers) {
      const found = deltas.get(index);
      const theta = this.adam.slots.find(({ parameter }) => parameter.name === `decoder.${key}.conv.weight`)?.parameter;
      if (!found || !theta) continue;
      const shape = theta.shape.slice(1);
      weightUpdate(bake, {
        label: key,
        theta: view(this.#origin(theta), shape),
        delta: found.delta,
        taps: found.taps,
        scale: 1,
        output: view(theta, shape),
      });
    }
    return bake;
  }

  /** δ = θ − θ₀ of every weight. */
  #moved(): Graph {
    const graph = new Graph('moved');
    const weights = slice(fill(graph, graph.transient('minus one', [1]), -1));
    for (const { parameter } of this.adam.slots) {
      const { origin, moved } = this.#tuned.plan.of(parameter.name);
      const row = [1, elementCount(parameter.shape)];
      addInto(graph, { a: parameter, target: slice(moved), keep: false });
      mixSums(graph, { label: parameter.name, sums: view(origin, row), active: view(moved, row), weights });
    }
    return graph;
  }
}
