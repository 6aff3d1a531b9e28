/** Some of a source's tensors as numbers on the host: for files that are written, and for what is computed of weights alone. */
import { ensure } from '../errors.ts';
import { BYTES_PER_ELEMENT, elementCount } from '../tensor.ts';
import { decodeElements } from './elements.ts';
import { rowBytes } from './shards.ts';
import type { WeightSource } from './weight-source.ts';

/**
 * Streams a source once more and keeps what is wanted, by key, in f32.
 * @throws `tensor` error for a wanted tensor stored as int8; what the source throws
 */
export async function collectTensors(
  source: Pick<WeightSource, 'name' | 'stream'>,
  isWanted: (name: string) => boolean,
): Promise<Map<string, Float32Array<ArrayBuffer>>> {
  const found = new Map<string, Float32Array<ArrayBuffer>>();
  await source.stream((info, bytes, rowOffset) => {
    if (!isWanted(info.name)) return;
    ensure(
      info.dtype !== 'i8',
      'tensor',
      () => `${source.name}: "${info.name}" is stored as int8, which is too coarse to be written again`,
    );
    const values = found.get(info.name) ?? new Float32Array(elementCount(info.shape));
    found.set(info.name, values);
    const first = (rowOffset * rowBytes(info)) / BYTES_PER_ELEMENT[info.dtype];
    values.set(decodeElements(info.dtype, bytes.slice()), first);
  });
  return found;
}
