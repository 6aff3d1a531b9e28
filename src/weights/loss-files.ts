/** Losses that have networks: which there are, and which of them a file is for. */
import type { GraphModel } from './graph-model.ts';
import { type IdentitySource, identitySource, identityTensors, isIdentity } from './identity-files.ts';
import type { LossFile } from './loss-tensors.ts';
import { isLpips, type LpipsSource, lpipsSource, lpipsTensors } from './lpips-files.ts';
import { isMoco, type MocoSource, mocoSource, mocoTensors } from './moco-files.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** Weights of the face descriptor, which set-up brings. */
export interface DescriptorSource extends GraphModel {
  readonly loss: 'face';
}

/** Weights of a loss. */
export type LossSource = LpipsSource | IdentitySource | MocoSource | DescriptorSource;

/** A loss that has a network. */
export type NetworkLoss = LossSource['loss'];

/** One whose network comes from files that people bring. */
export type FileLoss = 'lpips' | 'id' | 'moco';

/** How a loss's files are told from others and read. */
export interface LossReader {
  /** In words. */
  readonly name: string;
  is(file: Pick<LossFile, 'tensors'>): boolean;
  tensors(files: readonly LossFile[]): { readonly tensors: Map<string, StoredTensor> };
  source(files: readonly LossFile[]): LossSource;
}

/** Every such loss. */
export const LOSS_READERS: Readonly<Record<FileLoss, LossReader>> = {
  lpips: { name: 'LPIPS', is: isLpips, tensors: lpipsTensors, source: lpipsSource },
  id: { name: 'identity network', is: isIdentity, tensors: identityTensors, source: identitySource },
  moco: { name: "MoCo's network", is: isMoco, tensors: mocoTensors, source: mocoSource },
};

/** What reads these files; undefined when they are of no loss. */
export function lossReaderOf(files: readonly LossFile[]): LossReader | undefined {
  return Object.values(LOSS_READERS).find((reader) => files.some((file) => reader.is(file)));
}
