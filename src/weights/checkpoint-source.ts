/** A pair of checkpoints as a {@link WeightSource}: f32, straight from the files, without converting them first. */
import { throwIfAborted } from '../errors.ts';
import { elementCount } from '../tensor.ts';
import type { Checkpoint } from './checkpoint.ts';
import { ProgressMeter } from './progress.ts';
import { discard } from './random-access.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { unifyModel } from './unify.ts';
import type { StreamOptions, TensorInfo, TensorVisitor, WeightSource } from './weight-source.ts';

/** Larger tensors are delivered in runs of rows of at most this many bytes (or one row). */
const PART_BYTES = 32 * 2 ** 20;

/** Rows of a tensor that fit into `bytes`, at least one. */
export function rowsWithin(bytes: number, elementsPerRow: number, bytesPerElement: number): number {
  return Math.max(1, Math.floor(bytes / Math.max(1, elementsPerRow * bytesPerElement)));
}

/** Weights of a network of sizes `A`. */
export type SourceOf<A> = Omit<WeightSource, 'architecture' | 'directions'> & { readonly architecture: A };

/**
 * Checkpoints as weights: the HyperStyle file (or a generator alone) and, where there is one, the W encoder's.
 * @throws `model` or `tensor` error when they are not one network we know
 */
export function checkpointSource(hyper: Checkpoint, encoder: Checkpoint | null): WeightSource {
  return tensorsSource(unifyModel(hyper, encoder));
}

/** A network's tensors, and what they are. */
export interface NamedTensors<A> {
  readonly name: string;
  readonly architecture: A;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Tensors of checkpoints as weights in f32. */
export function tensorsSource<A>({ name, architecture, tensors }: NamedTensors<A>): SourceOf<A> {
  const infos = new Map<string, TensorInfo>();
  for (const [key, { shape }] of tensors) infos.set(key, { name: key, shape, dtype: 'f32' });
  const totalBytes = [...infos.values()].reduce((sum, info) => sum + 4 * elementCount(info.shape), 0);
  return {
    name,
    architecture,
    tensors: infos,
    totalBytes,
    async stream(visit, options = {}) {
      const meter = new ProgressMeter(totalBytes, options.onProgress);
      for (const tensor of tensors.values()) await visitRows(tensor, visit, options, meter);
    },
  };
}

async function visitRows(
  tensor: StoredTensor,
  visit: TensorVisitor,
  options: StreamOptions,
  meter: ProgressMeter,
): Promise<void> {
  const { name, shape, rows } = tensor;
  const step = rowsWithin(PART_BYTES, elementCount(shape) / rows, 4);
  for (let from = 0; from < rows; from += step) {
    throwIfAborted(options.signal);
    const values = await tensor.readRows(from, Math.min(from + step, rows));
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    await visit({ name, shape, dtype: 'f32' }, bytes, from);
    meter.add(name, bytes.byteLength);
    discard(bytes);
  }
}
