/** Picking the tensors of a loss's network out of people's files, with errors that name the file, the tensor and both shapes. */
import { ensure } from '../errors.ts';
import type { Shape } from '../tensor.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** A file and its tensors. */
export type LossFile = Pick<Checkpoint, 'name' | 'tensors'>;

/** Vectors of a BatchNorm. */
const BATCH_NORM = ['weight', 'bias', 'running_mean', 'running_var'] as const;

/** What of a network has been found, and taken. */
export class LossTensors {
  /** Names of the files, for errors. */
  readonly files: string;
  /** What was taken, in that order, by keys with the prefix. */
  readonly taken = new Map<string, StoredTensor>();
  readonly #found = new Map<string, { readonly file: string; readonly tensor: StoredTensor }>();
  readonly #prefix: string;

  /** @param prefix of the network's keys, with its dot */
  constructor(files: readonly LossFile[], prefix: string) {
    this.files = files.map(({ name }) => name).join(', ');
    this.#prefix = prefix;
    for (const { name: file, tensors } of files) {
      for (const [key, tensor] of tensors) if (key.startsWith(prefix)) this.#found.set(key, { file, tensor });
    }
  }

  /** Shape of a tensor, by its key without the prefix. */
  shape(key: string): Shape | undefined {
    return this.#found.get(this.#prefix + key)?.tensor.shape;
  }

  /** Output channels of a weight; 0 when it is missing. */
  outputs(key: string): number {
    return this.shape(key)?.[0] ?? 0;
  }

  /**
   * Takes a tensor.
   * @param what the network is called in errors
   * @param hint what to do about another shape
   * @throws `tensor` error when it is missing or of another shape
   */
  take(what: string, key: string, expected: Shape, hint = ''): void {
    const entry = this.#found.get(this.#prefix + key);
    ensure(entry, 'tensor', () => `${this.files}: ${what} needs "${key}" [${expected}], which is missing`);
    const { file, tensor } = entry;
    ensure(
      tensor.shape.join() === expected.join(),
      'tensor',
      () => `${file}: "${key}" has shape [${tensor.shape}], ${what} needs [${expected}]${hint}`,
    );
    this.taken.set(this.#prefix + key, tensor);
  }

  /** Takes the four vectors of a BatchNorm. Errors as {@link take}. */
  takeBatchNorm(what: string, key: string, channels: number): void {
    for (const name of BATCH_NORM) this.take(what, `${key}.${name}`, [channels]);
  }
}
