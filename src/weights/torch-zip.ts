/**
 * `torch.save` files since 1.6: a zip archive with `NAME/data.pkl` and one stored entry `NAME/data/KEY` a storage.
 */
import { ensure } from '../errors.ts';
import { STORED_BYTES } from './elements.ts';
import { readPickle } from './pickle.ts';
import type { PickleValue } from './pickle-values.ts';
import { type ByteSource, sliceSource } from './random-access.ts';
import type { Storage } from './stored-tensor.ts';
import { persistentId, type StorageResolver, storageId, torchAllowList } from './torch-objects.ts';
import { readZipDirectory, verifyEntry, type ZipEntry } from './zip-directory.ts';

/** An interpreted file: its root object, where its storages are, and a check of every byte. */
export interface TorchFile {
  readonly root: PickleValue;
  /** Names of what it holds that has no meaning here. */
  readonly opaque: ReadonlySet<string>;
  readonly resolve: StorageResolver;
  /** Compares all data with the checksums of the file, where the format has any. @throws `file` error */
  verify(onBytes?: (bytes: number) => void): Promise<void>;
}

/** Opens a zip checkpoint. @throws `file` or `pickle` error */
export async function openTorchZip(source: ByteSource): Promise<TorchFile> {
  const entries = await readZipDirectory(source);
  const pickles = [...entries.values()].filter((entry) => /(^|\/)data\.pkl$/.test(entry.name));
  const [pickle] = pickles;
  ensure(
    pickle && pickles.length === 1,
    'file',
    () =>
      `${source.name}: a zip archive with ${pickles.length} entries "data.pkl"; ` +
      'a torch.save file has one: is this the .pt file itself?',
  );
  const prefix = pickle.name.slice(0, -'data.pkl'.length);
  ensure(
    !entries.has(`${prefix}constants.pkl`),
    'model',
    () => `${source.name}: is a TorchScript archive, a program; save its state_dict() alone with torch.save`,
  );
  const byteorder = entries.get(`${prefix}byteorder`);
  if (byteorder) {
    const order = new TextDecoder().decode(await source.read(byteorder.offset, Math.min(byteorder.size, 8)));
    ensure(
      order.trim() === 'little',
      'file',
      () => `${source.name}: byte order "${order}" is not read, only "little"; save it again on a PC`,
    );
  }
  await verifyEntry(source, pickle);
  const program = sliceSource(source, pickle.offset, pickle.size);
  const { value: root, opaque } = await readPickle(program, torchAllowList);
  const resolve = storageEntries(source, entries, `${prefix}data/`);
  const verify: TorchFile['verify'] = async (onBytes) => {
    for (const entry of entries.values()) await verifyEntry(source, entry, onBytes);
  };
  return { root, opaque, resolve, verify };
}

/** Finds a storage's entry by its key. */
function storageEntries(source: ByteSource, entries: ReadonlyMap<string, ZipEntry>, prefix: string): StorageResolver {
  const storages = new Map<string, Storage>();
  return async (argument) => {
    const { key, dtype, elements } = storageId(source.name, persistentId(argument));
    const known = storages.get(key);
    if (known?.dtype === dtype && known.elements === elements) return known;
    const entry = entries.get(`${prefix}${key}`);
    ensure(
      entry,
      'file',
      () => `${source.name}: storage "${key}" is missing from the archive; download the file again`,
    );
    const needed = elements * STORED_BYTES[dtype];
    ensure(
      needed <= entry.size,
      'file',
      () =>
        `${source.name}: storage "${key}" has ${entry.size} bytes, ` +
        `but its ${elements} elements need ${needed}; download the file again`,
    );
    const storage: Storage = { key, dtype, source, byteOffset: entry.offset, elements };
    storages.set(key, storage);
    return storage;
  };
}
