/**
 * e4e's encoder (Encoder4Editing, arXiv 2102.02766, §4): an IR-SE trunk over the photo, a feature pyramid on its last three
 * stages, and one head a latent row (`latent-heads.ts`): the coarse rows read the last features, the medium and fine ones
 * the pyramid's larger ones. Checkpoint keys `encoder.*`, at the last of its progressive stages: every row has its offset.
 */
import type { LatentEncoderArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { conv2d } from '../kernels/conv2d.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { upsampleAdd } from '../kernels/upsample-add.ts';
import type { Network } from '../runtime/network.ts';
import type { Tensor } from '../tensor.ts';
import { E4E_LATERALS, pyramidLevel } from '../weights/latent-encoder-layout.ts';
import type { TensorInfo } from '../weights/weight-source.ts';
import { ConvWeights, slice } from './conv-weights.ts';
import { recordHeads } from './latent-heads.ts';
import { irSeStages } from './w-encoder.ts';
import { WeightPlan } from './weight-plan.ts';

/** Sizes and tensors of an e4e checkpoint; those of its generator are not read. */
interface E4eTensors {
  readonly architecture: LatentEncoderArchitecture;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/** The encoder as a network: one graph, x → what every head finds. */
export class E4eEncoderNetwork implements Network<'encode'> {
  readonly name = 'e4e encoder';
  readonly plan: WeightPlan;
  readonly graphs: ReadonlyMap<'encode', Graph>;
  readonly state: {
    /** The photo `[3, h, w]` in [-1, 1]. */
    readonly x: Tensor;
    /** The latents that the heads' results are added to `[latentCount, styleDim]`. */
    readonly average: Tensor;
  };
  /** The heads' results, together `[latentCount, styleDim]`: some rows each, in order. */
  readonly heads: readonly Tensor[];

  /**
   * @param x what it reads `[3, h, w]`
   * @throws `tensor` error when tensors are missing or do not fit together, `model` for a trunk of less than three stages
   */
  constructor({ architecture, tensors }: E4eTensors, x: Tensor, facts: KernelFacts) {
    this.plan = new WeightPlan(tensors);
    const { latentCount, styleDim, encoder } = architecture;
    this.state = { x, average: this.plan.plain('latent_avg', [latentCount, styleDim]) };
    const encode = new Graph('encode');
    // once a photo: filters that lasted would take four times the encoder's weights
    const weights = new ConvWeights(this.plan, facts, encode);
    const levels = pyramid(encode, weights, irSeStages(encode, weights, encoder, x));
    const rows = Array.from({ length: latentCount }, (_, row) => row);
    this.heads = levels.flatMap((features, level) => {
      const own = rows.filter((row) => pyramidLevel(row) === level);
      return own.length > 0 ? recordHeads(encode, weights, own, features) : [];
    });
    this.graphs = new Map([['encode', encode]]);
  }
}

/**
 * From coarse to fine: the last stage's features, then twice the next larger ones, brought to the same channels, plus the level
 * before, enlarged.
 * @param stages features of every stage, ascending
 */
function pyramid(g: Recorder, weights: ConvWeights, stages: readonly Tensor[]): readonly Tensor[] {
  const [coarse, ...larger] = stages.toReversed();
  ensure(
    coarse && larger.length >= E4E_LATERALS.length,
    'model',
    () => `e4e's encoder has ${stages.length} stages, at least ${E4E_LATERALS.length + 1} are expected`,
  );
  const levels = [coarse];
  E4E_LATERALS.forEach((key, i) => {
    const [below, features] = [levels[i], larger[i]];
    if (!below || !features) return;
    const lateral = conv2d(g, {
      label: key,
      input: features,
      weight: weights.static(`${key}.weight`, features),
      padding: 0,
      bias: slice(weights.plan.plain(`${key}.bias`)),
    });
    levels.push(upsampleAdd(g, { label: key, input: below, added: lateral }));
  });
  return levels;
}
