/** What a conversion will write: each tensor's stored form, and the shards they go into. Pure. */
import { createHash } from 'node:crypto';
import { BYTES_PER_ELEMENT, elementCount } from '../../src/tensor.ts';
import { type NetworkEntries, networksOf, restyleNetworksOf } from '../../src/weights/networks.ts';
import { type FolderDType, storedAs } from '../../src/weights/quantize.ts';
import { planShards, type ShardPiece } from '../../src/weights/shards.ts';
import type { StoredTensor } from '../../src/weights/stored-tensor.ts';
import type { UnifiedModel } from '../../src/weights/unify.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';

/** A planned model folder. */
export interface Conversion {
  readonly model: UnifiedModel;
  readonly dtype: FolderDType;
  readonly tensors: readonly TensorInfo[];
  readonly shards: readonly (readonly ShardPiece[])[];
  /** Numbers in the model, scales not counted. */
  readonly parameters: number;
  /** Bytes of all tensors as stored. */
  readonly bytes: number;
}

/** The networks of a planned folder, as `model.json` lists them. */
export function networkEntries({ restyle, architecture }: UnifiedModel): NetworkEntries {
  return restyle ? restyleNetworksOf(restyle) : networksOf(architecture);
}

/** Suffix of the tensor that holds an i8 tensor's scales. */
export const SCALE = '.scale';

/** Plans the folder of a model. */
export function planConversion(model: UnifiedModel, dtype: FolderDType): Conversion {
  const tensors = [...model.tensors.values()].flatMap((tensor) => storedForms(tensor, dtype));
  return {
    model,
    dtype,
    tensors,
    shards: planShards(tensors),
    parameters: [...model.tensors.values()].reduce((sum, tensor) => sum + elementCount(tensor.shape), 0),
    bytes: tensors.reduce((sum, tensor) => sum + elementCount(tensor.shape) * BYTES_PER_ELEMENT[tensor.dtype], 0),
  };
}

/**
 * A digest of what goes where: two plans with the same one write the same tensors, from the same places, into the same
 * shards.
 */
export function planDigest({ model, shards }: Conversion): string {
  const sources = [...model.tensors.values()].map(({ name, dtype, shape, storageKey, byteOffset, strides }) => [
    [name, dtype, storageKey, byteOffset],
    [shape, strides],
  ]);
  const pieces = shards.map((shard) => shard.map(({ tensor, from, to }) => [tensor.name, tensor.dtype, from, to]));
  return createHash('sha256')
    .update(JSON.stringify([sources, pieces]))
    .digest('hex');
}

/** The tensor as stored; i8 after its scales. */
function storedForms(tensor: StoredTensor, folder: FolderDType): TensorInfo[] {
  const dtype = storedAs(tensor, folder);
  const stored: TensorInfo = { name: tensor.name, shape: tensor.shape, dtype };
  if (dtype !== 'i8') return [stored];
  return [{ name: `${tensor.name}${SCALE}`, shape: [tensor.rows], dtype: 'f32' }, stored];
}
