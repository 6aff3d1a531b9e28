/**
 * Order of a graph whose inputs arrive one after another (pure): a record is ready when everything it reads is complete, and
 * a tensor that nobody outside the graph needs is spent after its last record. For `prepare`, whose inputs are the tensors
 * of a checkpoint in the order of its files.
 */
import { ensure } from '../errors.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import { owner, type Tensor } from '../tensor.ts';

/** What records read, or what they write, each tensor once. */
function bound(record: KernelRecord, writes: boolean): Set<Tensor> {
  return new Set(record.bindings.filter((b) => (b.access !== 'read') === writes).map((b) => owner(b.tensor)));
}

/** Decides which records may run and which tensors are spent. */
export class Arrivals {
  /** Inputs that each record still waits for. */
  readonly #missing = new Map<KernelRecord, Set<Tensor>>();
  readonly #readers = new Map<Tensor, KernelRecord[]>();
  /** Records that have still to write a tensor. */
  readonly #writers = new Map<Tensor, number>();
  /** Records that have still to use a tensor. */
  readonly #users = new Map<Tensor, number>();
  readonly #temporary: ReadonlySet<Tensor>;

  /** @param temporary tensors that only these records use */
  constructor(records: readonly KernelRecord[], temporary: ReadonlySet<Tensor>) {
    this.#temporary = temporary;
    const count = (counts: Map<Tensor, number>, tensor: Tensor): void =>
      void counts.set(tensor, (counts.get(tensor) ?? 0) + 1);
    for (const record of records) {
      const [reads, writes] = [bound(record, false), bound(record, true)];
      this.#missing.set(record, reads);
      for (const tensor of reads) this.#readers.set(tensor, [...(this.#readers.get(tensor) ?? []), record]);
      for (const tensor of writes) count(this.#writers, tensor);
      for (const tensor of new Set([...reads, ...writes])) count(this.#users, tensor);
    }
  }

  /** `tensor` is complete: the records that may run now, in an order in which they may run. */
  arrived(tensor: Tensor): KernelRecord[] {
    const ready: KernelRecord[] = [];
    for (const record of this.#readers.get(owner(tensor)) ?? []) {
      const missing = this.#missing.get(record);
      if (!missing?.delete(owner(tensor)) || missing.size > 0) continue;
      this.#missing.delete(record);
      ready.push(record);
      for (const written of bound(record, true)) {
        const left = (this.#writers.get(written) ?? 0) - 1;
        this.#writers.set(written, left);
        if (left === 0) ready.push(...this.arrived(written));
      }
    }
    return ready;
  }

  /** `record` has run: the temporary tensors that are spent with it. */
  ran(record: KernelRecord): Tensor[] {
    const used = new Set([...bound(record, false), ...bound(record, true)]);
    return [...used].filter((tensor) => {
      const left = (this.#users.get(tensor) ?? 0) - 1;
      this.#users.set(tensor, left);
      return left === 0 && this.#temporary.has(tensor);
    });
  }

  /** @throws `shader` error when a record still waits */
  expectNone(): void {
    for (const [record, missing] of this.#missing) {
      ensure(
        false,
        'shader',
        () => `"${record.label}" never ran: it waits for ${[...missing].map(({ name }) => `"${name}"`).join(', ')}`,
      );
    }
  }
}
