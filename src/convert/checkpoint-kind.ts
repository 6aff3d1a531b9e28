/** Tells checkpoints apart by the networks in them; `convert-checkpoint.ts` and pages ask. */
import { HyperStyleError } from '../errors.ts';
import { type Checkpoint, openCheckpoint } from '../weights/checkpoint.ts';
import { latentEncoderKind } from '../weights/latent-encoder-checkpoint.ts';
import type { LatentEncoderKind } from '../weights/networks.ts';
import type { ByteSource } from '../weights/random-access.ts';

/** What checkpoints are told apart as. */
export type CheckpointKind = 'hyperstyle' | LatentEncoderKind | 'encoder' | 'generator';

/** Whether a network's tensors are in a checkpoint. */
export const holds = ({ tensors }: Checkpoint, network: 'hypernet' | 'encoder' | 'decoder'): boolean =>
  [...tensors.keys()].some((key) => key.startsWith(`${network}.`));

/** See `checkpointKind`. */
export async function kindOf(file: ByteSource): Promise<CheckpointKind | null> {
  try {
    const checkpoint = await openCheckpoint(file);
    if (holds(checkpoint, 'hypernet')) return 'hyperstyle';
    const latentEncoder = latentEncoderKind(checkpoint);
    if (latentEncoder) return latentEncoder;
    if (holds(checkpoint, 'encoder')) return 'encoder';
    return holds(checkpoint, 'decoder') ? 'generator' : null;
  } catch (error) {
    if (error instanceof HyperStyleError) return null;
    throw error;
  }
}
