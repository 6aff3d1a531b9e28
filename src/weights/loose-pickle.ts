/**
 * Pickles that torch.save did not write, such as the `.pkl` files of stylegan2-ada-pytorch: each storage is a pre-1.6 torch
 * file of its own, inside a bytes object of the pickle.
 */
import { ensure } from '../errors.ts';
import { readPickle } from './pickle.ts';
import { PickleBytes, PickleInstance } from './pickle-values.ts';
import { type ByteSource, sliceSource } from './random-access.ts';
import type { Storage } from './stored-tensor.ts';
import { openTorchLegacy } from './torch-legacy.ts';
import { STORAGE_BYTES, type StorageResolver, torchAllowList } from './torch-objects.ts';
import type { TorchFile } from './torch-zip.ts';

/** Opens a pickle. @throws `pickle` error, or a `model` error that says what to do with a TensorFlow network */
export async function openPickle(source: ByteSource): Promise<TorchFile> {
  const { value: root, opaque } = await readPickle(source, torchAllowList);
  ensure(
    ![...opaque].some((name) => name.startsWith('dnnlib.tflib.')),
    'model',
    () =>
      `${source.name}: is a network of TensorFlow (dnnlib.tflib); ` +
      `convert it to PyTorch with legacy.py of NVIDIA's stylegan2-ada-pytorch, ` +
      'or download the PyTorch .pkl of the same network',
  );
  return { root, opaque, resolve: nestedStorages(source), verify: async () => {} };
}

function nestedStorages(source: ByteSource): StorageResolver {
  const known = new Map<number, Storage>();
  return async (argument) => {
    const bytes = argument instanceof PickleInstance && argument.of === STORAGE_BYTES ? argument.args[0] : null;
    ensure(
      bytes instanceof PickleBytes,
      'pickle',
      () => `${source.name}: a tensor without stored bytes; the file is corrupt: download it again`,
    );
    const storage = known.get(bytes.offset);
    if (storage) return storage;
    const part = sliceSource(source, bytes.offset, bytes.length);
    const file = await openTorchLegacy(part);
    const opened = { ...(await file.resolve(file.root)), key: `@${bytes.offset}` };
    known.set(bytes.offset, opened);
    return opened;
  };
}
