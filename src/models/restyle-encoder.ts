/**
 * ReStyle's e4e encoder (arXiv 2104.02699, 2102.02766): an IR-SE trunk over photo and reconstruction, then one head a latent
 * row, all on its last features (`latent-heads.ts`). Used for domain adaptation. Checkpoint keys `encoder.*`.
 */
import { inputShape, type LatentEncoderArchitecture } from '../architecture.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Network } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import { ConvWeights } from './conv-weights.ts';
import { recordHeads } from './latent-heads.ts';
import { irSeTrunk } from './w-encoder.ts';
import type { WeightPlan } from './weight-plan.ts';

/** The encoder as a network: one graph, x and y → what every head finds. */
export class RestyleEncoderNetwork implements Network<'encode'> {
  readonly name = 'ReStyle-e4e encoder';
  readonly plan: WeightPlan;
  readonly graphs: ReadonlyMap<'encode', Graph>;
  readonly state: {
    /** Photo and reconstruction, one after the other `[6, h, w]` in [-1, 1]. */
    readonly pair: Tensor;
  };
  /** The heads' results, together `[latentCount, styleDim]`: some rows each, in order. */
  readonly heads: readonly Tensor[];

  /** @throws `tensor` error when tensors are missing or do not fit together */
  constructor(plan: WeightPlan, architecture: LatentEncoderArchitecture, facts: KernelFacts) {
    this.plan = plan;
    this.state = { pair: tensor('x and y', [6, ...inputShape(architecture)]) };
    const encode = new Graph('encode');
    // a few passes a photo: filters that lasted would take four times the encoder's weights
    const weights = new ConvWeights(plan, facts, encode);
    const features = irSeTrunk(encode, weights, architecture.encoder, this.state.pair);
    const rows = Array.from({ length: architecture.latentCount }, (_, row) => row);
    this.heads = recordHeads(encode, weights, rows, features);
    this.graphs = new Map([['encode', encode]]);
  }
}
