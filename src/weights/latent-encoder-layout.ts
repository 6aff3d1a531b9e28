/**
 * Tensors of the checkpoints that have an encoder into W+ beside a generator: ReStyle-e4e's and e4e's, by name and shape.
 * `layout.ts` has those of HyperStyle's own files; `latent-encoder-checkpoint.ts` reads both kinds of file by this list.
 */
import { inputShape, type LatentEncoderArchitecture } from '../architecture.ts';
import { convolution, decoderTensors, headConvs, type LayoutTensor, trunkTensors } from './layout.ts';
import { LATENT_ENCODERS, type LatentEncoderKind } from './networks.ts';

/** e4e's 1x1 convolutions from the larger features of its trunk to its pyramid, from coarse to fine. */
export const E4E_LATERALS = ['encoder.latlayer1', 'encoder.latlayer2'] as const;

/** Latent rows from which on e4e's heads read the medium and the fine features (arXiv 2102.02766, §4; pSp's groups). */
const FIRST_ROWS = [3, 7] as const;

/** Which level of e4e's pyramid the head of a latent row reads: 0 coarse, 1 medium, 2 fine. */
export function pyramidLevel(row: number): number {
  return FIRST_ROWS.filter((first) => row >= first).length;
}

/**
 * All tensors of a checkpoint: decoder and encoder.
 * @param inner outputs of the heads' convolutions
 */
export function* latentEncoderTensors(
  kind: LatentEncoderKind,
  architecture: LatentEncoderArchitecture,
  inner: number,
): Generator<LayoutTensor> {
  yield* decoderTensors(architecture);
  const { encoder, styleDim, latentCount } = architecture;
  yield* trunkTensors(encoder, LATENT_ENCODERS[kind].channels);
  const side = Math.max(...inputShape(architecture));
  const halvings = Math.max(1, Math.round(Math.log2(side)) - encoder.widths.length);
  const features = encoder.widths.at(-1) ?? 0;
  for (let row = 0; row < latentCount; row++) {
    const name = `encoder.styles.${row}`;
    const count = halvings + (kind === 'e4e' ? pyramidLevel(row) : 0);
    yield* headConvs(name, features, inner, inner, count);
    yield { name: `${name}.linear.weight`, shape: [styleDim, inner], role: 'equalized' };
    yield { name: `${name}.linear.bias`, shape: [styleDim], role: 'bias' };
  }
  if (kind === 'restyle') return;
  for (const [i, name] of E4E_LATERALS.entries())
    yield* convolution(name, features, encoder.widths.at(-2 - i) ?? 0, 1, true);
}
