/** Reads many tensors of the device. */
import { byteLength, type Tensor } from '../tensor.ts';
import type { Runtime } from './runtime.ts';

/** Bytes that are read together at most, or one tensor: what is read together is copied together. */
const READ_TOGETHER = 2 ** 24;

/** Is given a tensor's values, and which of the tensors it is. */
export type Take = (values: Float32Array, index: number) => void;

/** Tensors in their order, as many together as fit. */
function* groupsOf(tensors: readonly Tensor[]): Generator<readonly Tensor[]> {
  let [group, size]: [Tensor[], number] = [[], 0];
  for (const tensor of tensors) {
    const bytes = byteLength(tensor);
    if (group.length > 0 && size + bytes > READ_TOGETHER) {
      yield group;
      [group, size] = [[], 0];
    }
    group.push(tensor);
    size += bytes;
  }
  if (group.length > 0) yield group;
}

/**
 * Gives values of persistent tensors to `take`, one tensor after another, as {@link Runtime.read} gives one: hosts wait up to
 * ten milliseconds for each read, however little it is. @throws `device` error when the GPU is lost meanwhile
 */
export async function readAll(runtime: Runtime, tensors: readonly Tensor[], take: Take): Promise<void> {
  runtime.ensureAlive();
  let index = 0;
  for (const group of groupsOf(tensors)) {
    const parts = group.map((tensor) => ({ source: runtime.buffers.of(tensor), bytes: byteLength(tensor) }));
    for (const found of await runtime.readback.together(parts)) take(new Float32Array(found), index++);
  }
}
