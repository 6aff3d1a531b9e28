/** Graphs run in the order in which their records were added. What that order must not do is checked here (pure). */
import { ensure } from '../errors.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import { owner, type Tensor } from '../tensor.ts';

/**
 * Checks that every transient is written before it is read: what a slot held before belongs to another tensor.
 * @throws `shader` error that names the tensor and its reader
 */
export function expectWrittenBeforeRead(records: readonly KernelRecord[]): void {
  const written = new Set<Tensor>();
  for (const { bindings, label } of records) {
    for (const { tensor, access } of bindings) {
      if (access === 'write' || tensor.lifetime !== 'transient') continue;
      ensure(
        written.has(owner(tensor)),
        'shader',
        () => `graph: "${label}" reads the transient "${tensor.name}" before any record has written it`,
      );
    }
    for (const { tensor, access } of bindings) if (access !== 'read') written.add(owner(tensor));
  }
}
