/** What a conversion will write: each tensor's stored form, and the shards they go into. Pure. */
import { ensure } from '../errors.ts';
import { BYTES_PER_ELEMENT, elementCount } from '../tensor.ts';
import {
  MAX_MODEL_NAME,
  MODEL_FORMAT,
  parseManifest,
  type ShardEntry,
  type WrittenManifest,
} from '../weights/manifest.ts';
import { latentEncoderNetworks, type NetworkEntries, networksOf } from '../weights/networks.ts';
import { type FolderDType, storedAs } from '../weights/quantize.ts';
import { MAX_SHARD_BYTES, planShards, type ShardPiece } from '../weights/shards.ts';
import type { StoredTensor } from '../weights/stored-tensor.ts';
import type { UnifiedModel } from '../weights/unify.ts';
import type { TensorInfo } from '../weights/weight-source.ts';

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
export function networkEntries({ latentEncoder, architecture }: UnifiedModel): NetworkEntries {
  if (!latentEncoder) return networksOf(architecture);
  return latentEncoderNetworks(latentEncoder.kind, latentEncoder.architecture);
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

/** The tensor as stored; i8 after its scales. */
function storedForms(tensor: StoredTensor, folder: FolderDType): TensorInfo[] {
  const dtype = storedAs(tensor, folder);
  const stored: TensorInfo = { name: tensor.name, shape: tensor.shape, dtype };
  if (dtype !== 'i8') return [stored];
  return [{ name: `${tensor.name}${SCALE}`, shape: [tensor.rows], dtype: 'f32' }, stored];
}

/**
 * What is written must be what the reader takes: call this before the long work.
 * @param name the model's, after what it is called in errors
 * @throws `option` error for a long name, `model` error
 */
export function ensureReadable(
  [label, name]: readonly [label: string, name: string],
  { dtype, parameters, model, shards, tensors }: Conversion,
): void {
  ensure(
    name.length < MAX_MODEL_NAME,
    'option',
    () => `${label} has ${name.length} characters, a model's name at most ${MAX_MODEL_NAME - 1}: choose a shorter one`,
  );
  const planned = shards.map((_, i) => ({ file: `shard-${i}`, bytes: MAX_SHARD_BYTES, sha256: '0'.repeat(64) }));
  const manifest = { format: MODEL_FORMAT, version: 2, name: 'x', dtype, parameters, shards: planned };
  const all = { ...manifest, tensors: describedTensors(tensors), networks: networkEntries(model) };
  parseManifest(model.name, JSON.stringify(all));
}

const describedTensors = (tensors: readonly TensorInfo[]) =>
  Object.fromEntries(tensors.map(({ name, dtype, shape }) => [name, { dtype, shape }]));

/** The manifest of a converted folder; `extras` has what else is in it. */
export function manifestOf(
  name: string,
  { dtype, parameters, model, tensors }: Conversion,
  shards: readonly ShardEntry[],
  extras: Partial<Pick<WrittenManifest, 'directions' | 'domains' | 'samples' | 'tuningRate'>> = {},
): WrittenManifest {
  return {
    format: MODEL_FORMAT,
    version: 2,
    name,
    dtype,
    parameters,
    networks: networkEntries(model),
    shards,
    ...extras,
    tensors: describedTensors(tensors),
  };
}

/** One line a field and a tensor, so that the file can be read and compared. */
export function manifestText(manifest: WrittenManifest): string {
  const { tensors, ...head } = manifest;
  const lines = (record: object, indent: string): string =>
    Object.entries(record)
      .map(([name, value]) => `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  return `{\n${lines(head, ' ')},\n "tensors": {\n${lines(tensors, '  ')}\n }\n}\n`;
}
