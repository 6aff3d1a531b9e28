/**
 * Writes checkpoints as torch.save does: a pickle that describes every tensor, and one entry a storage. Values
 * are asked for tensor by tensor, so that a file may be larger than memory. `generator-writer.ts` writes
 * generators with it.
 */
import { elementCount, type Shape } from '../tensor.ts';
import { type Picklable, PickledTensor, pickle } from './pickle-writer.ts';
import { contiguousStrides } from './stored-tensor.ts';
import type { ZipWriter } from './zip-writer.ts';

/** A tensor to write. `aliasOf`: the same storage as another one's. */
export interface WrittenTensor {
  readonly name: string;
  readonly shape: Shape;
  /** f32 when absent. */
  readonly dtype?: 'f32' | 'i64' | undefined;
  readonly aliasOf?: string | undefined;
}

/**
 * Fills an archive.
 * @param root what the file holds, from the descriptions of the tensors by name
 * @param values a tensor's little-endian bytes, in the order of `tensors`; not asked for aliases
 * @throws `file` error above 4 GiB
 */
export async function writeTorchFile<T extends WrittenTensor>(
  zip: ZipWriter,
  tensors: readonly T[],
  root: (described: ReadonlyMap<string, PickledTensor>) => Picklable,
  values: (tensor: T) => Iterable<Uint8Array>,
): Promise<void> {
  const storages = new Map<string, string>();
  const described = new Map<string, PickledTensor>();
  for (const { name, shape, dtype = 'f32', aliasOf = name } of tensors) {
    const storage = storages.get(aliasOf) ?? String(storages.size);
    storages.set(aliasOf, storage);
    described.set(name, new PickledTensor(storage, dtype, elementCount(shape), shape, contiguousStrides(shape)));
  }
  await zip.add('archive/data.pkl', [pickle(root(described))]);
  for (const tensor of tensors) {
    if (tensor.aliasOf === undefined) await zip.add(`archive/data/${storages.get(tensor.name)}`, values(tensor));
  }
  await zip.add('archive/version', [new TextEncoder().encode('3\n')]);
}
