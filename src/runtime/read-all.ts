/** Reads many tensors of the device at once. */
import { byteLength, type Tensor } from '../tensor.ts';
import type { ReadPart } from './readback.ts';
import type { Runtime } from './runtime.ts';

/** Bytes from which on further tensors are another read: what is read together is copied together. */
const READ_TOGETHER = 2 ** 24;

/**
 * Values of persistent tensors, as {@link Runtime.read} gives one: hosts wait up to ten milliseconds for each read, however
 * little it is. @throws `device` error when the GPU is lost meanwhile
 */
export async function readAll(runtime: Runtime, tensors: readonly Tensor[]): Promise<Float32Array[]> {
  runtime.ensureAlive();
  const values: Float32Array[] = [];
  let [group, size]: [ReadPart[], number] = [[], 0];
  for (const [i, tensor] of tensors.entries()) {
    const bytes = byteLength(tensor);
    group.push({ source: runtime.buffers.of(tensor), bytes });
    size += bytes;
    if (size < READ_TOGETHER && i < tensors.length - 1) continue;
    for (const found of await runtime.readback.together(group)) values.push(new Float32Array(found));
    [group, size] = [[], 0];
  }
  return values;
}
