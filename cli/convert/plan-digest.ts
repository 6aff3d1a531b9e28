/** Tells whether an interrupted conversion may be continued. */
import { createHash } from 'node:crypto';
import type { Conversion } from '../../src/convert/conversion.ts';

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
