/**
 * Opens any checkpoint people have: torch zip and pre-1.6 files, NVIDIA pickles, safetensors. The result is the same for
 * all: named tensors that are read on demand, and the options the model was trained with.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import { openNvidiaPickle } from './nvidia-pkl.ts';
import { keyText, PickleDict, type PickleValue, toPlain } from './pickle-values.ts';
import type { ByteSource } from './random-access.ts';
import { openSafetensors } from './safetensors.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { isTorchLegacy, openTorchLegacy } from './torch-legacy.ts';
import { resolveTensor, tensorArguments } from './torch-objects.ts';
import { openTorchZip, type TorchFile } from './torch-zip.ts';

/** A checkpoint whose tensors can be read one by one. */
export interface Checkpoint {
  /** The file's name. */
  readonly name: string;
  readonly format: 'torch-zip' | 'torch-legacy' | 'nvidia-pkl' | 'safetensors';
  /**
   * `state_dict` by its own keys, `g_ema` (or `g`) with `decoder.` before them, every other tensor at the top level by
   * its key (`latent_avg`, directions, …), and a lone tensor as `tensor`. Aliases have equal storageKey and byteOffset.
   */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** `opts` of the training run, from a dict or an argparse.Namespace; safetensors: the metadata. Empty when absent. */
  readonly opts: Readonly<Record<string, unknown>>;
  /**
   * Reads everything once and compares it with the file's checksums, where it has any.
   * @param onBytes called with the bytes of each part that was read
   * @throws `file` error
   */
  verify(onBytes?: (bytes: number) => void): Promise<void>;
}

/**
 * Opens a checkpoint by what its first bytes say.
 * @throws `file`, `pickle` or `tensor` error
 */
export async function openCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const head = await source.read(0, Math.min(source.size, 32));
  const { name } = source;
  // Its first bytes are a length and may look like any other format; none of those has a brace here.
  if (head[8] === 0x7b) {
    const { tensors, metadata } = await openSafetensors(source);
    return { name, format: 'safetensors', tensors, opts: metadata, verify: async () => {} };
  }
  if (head[0] === 0x50 && head[1] === 0x4b) return fromTorch(name, 'torch-zip', await openTorchZip(source));
  if (isTorchLegacy(head)) return fromTorch(name, 'torch-legacy', await openTorchLegacy(source));
  if (head[0] === 0x80) {
    return { name, format: 'nvidia-pkl', tensors: await openNvidiaPickle(source), opts: {}, verify: async () => {} };
  }
  const expected = 'a checkpoint is a torch zip (PK), a pickle (0x80) or safetensors';
  throw new HyperStyleError(
    'file',
    `${name}: starts with ${describeHead(head)}, but ${expected}; download the file itself again`,
  );
}

function describeHead(head: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(head);
  if (text.startsWith('version https')) return '"version https…" (a Git LFS pointer, not the file)';
  if (text.trimStart().startsWith('<')) return '"<" (a web page, not the file)';
  return head.length
    ? `bytes ${[...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`
    : 'nothing (it is empty)';
}

async function fromTorch(name: string, format: Checkpoint['format'], file: TorchFile): Promise<Checkpoint> {
  const tensors = new Map<string, StoredTensor>();
  const add = async (key: string, value: PickleValue): Promise<void> => {
    const args = tensorArguments(value);
    if (args) tensors.set(key, await resolveTensor(name, key, args, file.resolve));
  };
  const addAll = async (value: PickleValue, prefix: string): Promise<void> => {
    if (!(value instanceof PickleDict)) return;
    for (const [key, item] of value.entries) {
      const text = keyText(key);
      if (text !== null) await add(`${prefix}${text}`, item);
    }
  };
  const { root } = file;
  await add('tensor', root);
  await addAll(root, '');
  const opts = root instanceof PickleDict ? toPlain(root.get('opts')) : null;
  if (root instanceof PickleDict) {
    await addAll(root.get('state_dict'), '');
    await addAll(root.get('g_ema') ?? root.get('g'), 'decoder.');
  }
  ensure(
    tensors.size > 0,
    'model',
    () => `${name}: holds no tensors under state_dict, g_ema or its top level; is this a model?`,
  );
  const record =
    typeof opts === 'object' && opts !== null && !Array.isArray(opts) ? (opts as Record<string, unknown>) : {};
  return { name, format, tensors, opts: record, verify: file.verify };
}
