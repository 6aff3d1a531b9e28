/**
 * Latent optimisation as a network (StyleGAN2's projector, arXiv 1912.04958, appendix D; first phase of pivotal
 * tuning): Adam on w, or on a latent of each layer, and on the noise maps where their loss has a weight. The schedule
 * is in `optimise-latents.ts`.
 */
import { noisePyramid } from '../gradients/noise-pyramid.ts';
import { Tape } from '../gradients/tape.ts';
import { Graph } from '../graph/graph.ts';
import { standardise } from '../kernels/optimisers.ts';
import { adaptivePool } from '../kernels/pools.ts';
import { sum } from '../kernels/product.ts';
import { addInto } from '../kernels/sums.ts';
import { slice } from '../models/conv-weights.ts';
import type { LossNetwork } from '../models/loss-network.ts';
import { trainableGenerator } from '../models/trainable-generator.ts';
import type { TunedGenerator } from '../models/tuned-generator.ts';
import { PlanOnTuned } from '../models/tuned-plan.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Network, Transfer } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import { AdamState } from './adam-state.ts';
import { LOSSES, type LossSources, type LossWeights, lossNetworks, Terms } from './losses.ts';

/** W: one latent for all layers. W+: a latent each. */
export const SPACES = ['w', 'w+'] as const;
/** One of {@link SPACES}. */
export type LatentSpace = (typeof SPACES)[number];

/** What is recorded. Equal ones give equal graphs. */
export interface LatentRecipe {
  readonly space: LatentSpace;
  readonly loss: LossWeights;
  /** Weight of the noise maps' loss; 0 leaves the maps as they are. */
  readonly noiseWeight: number;
  /** Pictures wider than this are averaged down before they are compared. */
  readonly side: number;
}

/** Graphs and transfers of {@link LatentNetwork}. */
export type LatentGraph =
  | 'begin' // target → what is compared with
  | 'step' // w → picture, losses; then their gradients, and Adam
  | 'forget'; // moments := 0, noise maps := the checkpoint's

/** Latents being learnt. */
export class LatentNetwork implements Network<LatentGraph> {
  readonly name = 'latent optimisation';
  readonly plan = new WeightPlan(new Map());
  readonly graphs: ReadonlyMap<LatentGraph, Graph>;
  readonly transfers: ReadonlyMap<LatentGraph, readonly Transfer[]>;
  readonly state: {
    /** `[1 or latentCount, styleDim]` */
    readonly w: Tensor;
    /** Added to w for one step, like it. */
    readonly shake: Tensor;
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

  /**
   * @param target the photo `[3, rows, size]` in [-1, 1]
   * @param rows of the picture that the photo shows
   */
  constructor(
    tuned: TunedGenerator,
    recipe: LatentRecipe,
    { target, rows }: { readonly target: Tensor; readonly rows: readonly [number, number] },
    sources: LossSources = new Map(),
  ) {
    const { sizes, facts } = tuned;
    const { loss, space, side } = recipe;
    const [begin, step] = [new Graph('begin'), new Graph('step')];
    const tape = new Tape(step, facts);
    const shape = [space === 'w' ? 1 : sizes.latentCount, sizes.styleDim];
    const [w, shake] = [tensor('w', shape), tensor('w noise', shape)];
    const losses = tensor('losses of latents', [LOSSES.length + 1]);
    const y = tensor('y of latents', [3, sizes.size, sizes.size]);
    const plan = new PlanOnTuned(tuned.plan, tape, false);
    const maps = recipe.noiseWeight > 0 ? this.#ownMaps(tuned) : [];
    const { output } = trainableGenerator(tape, {
      plan,
      sizes,
      facts,
      latents: sum(tape, { label: 'w', a: w, b: shake }),
      noises: maps.length > 0 ? maps.map(({ own }) => own) : undefined,
    });
    addInto(tape, { a: output, target: slice(y), keep: false });
    const smaller = Math.min(1, side / sizes.size);
    const reduced = { width: sizes.size * smaller, rows: [rows[0] * smaller, rows[1] * smaller] as const };
    const compared = tensor('photo compared', [3, reduced.rows[1] - reduced.rows[0], reduced.width]);
    adaptivePool(begin, {
      label: 'photo',
      input: target,
      height: compared.shape[1] ?? 1,
      width: reduced.width,
      output: compared,
    });
    const picture = cropped(tape, output, reduced);
    this.compared = lossNetworks(sources, loss, facts, compared);
    this.terms = new Terms(tape, losses);
    this.terms.compare(picture, compared, loss, this.compared);
    const noise = noisePyramid(
      tape,
      maps.map(({ own }) => own),
    );
    if (noise) this.terms.add('noise', noise, recipe.noiseWeight);
    this.forward = step.nodes.length;
    this.adam = new AdamState([w, ...maps.map(({ own }) => own)]);
    this.adam.record(step, this.terms.backward(this.adam.slots.map(({ parameter }) => parameter)));
    for (const { own } of maps) standardise(step, own);
    this.state = { w, shake, losses, numbers: this.adam.numbers, y };
    this.graphs = new Map([
      ['begin', begin],
      ['step', step],
    ]);
    const copies = maps.map(({ stored: from, own: to }) => ({ from, to }));
    this.transfers = new Map([['forget', [...this.adam.forget, ...copies]]]);
  }

  #ownMaps(tuned: TunedGenerator): { stored: Tensor; own: Tensor }[] {
    return tuned.generator.noiseMaps().map((stored) => ({ stored, own: tensor(`${stored.name} own`, stored.shape) }));
  }
}

/** The part of a picture that the photo shows, at the size at which they are compared. */
export function cropped(
  tape: Tape,
  picture: Tensor,
  { width, rows }: { readonly width: number; readonly rows: readonly [number, number] },
): Tensor {
  const [from, to] = rows;
  if (picture.shape[2] === width && from === 0 && to === picture.shape[1]) return picture;
  return adaptivePool(tape, { label: 'picture compared', input: picture, height: width, width, rows: [from, to] });
}
