/**
 * `torch.save` files before 1.6 (and storages inside NVIDIA's pickles): five pickles in a row (magic number, protocol,
 * system, the object, the storages' keys), then for each key its element count (int64) and its elements.
 */
import { ensure } from '../errors.ts';
import { STORED_BYTES } from './elements.ts';
import { readPickle } from './pickle.ts';
import { describeValue, keyText, PickleDict, PicklePersistent, type PickleValue, sequence } from './pickle-values.ts';
import type { ByteSource } from './random-access.ts';
import type { Storage } from './stored-tensor.ts';
import { persistentId, type StorageId, type StorageResolver, storageId, torchAllowList } from './torch-objects.ts';
import type { TorchFile } from './torch-zip.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** The magic number as an instruction: LONG1 of 10 bytes, or LONG in the text of protocols 0 and 1. */
const MAGIC_INSTRUCTIONS = [
  String.fromCharCode(0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19),
  `L${MAGIC}L`,
];

/** True when a file that starts with these bytes (at least 32) is a pre-1.6 torch file. */
export function isTorchLegacy(head: Uint8Array): boolean {
  const start = String.fromCharCode(...head.subarray(0, 32));
  return MAGIC_INSTRUCTIONS.some((instruction) => start.includes(instruction));
}

/** Opens a pre-1.6 checkpoint. @throws `file` or `pickle` error */
export async function openTorchLegacy(source: ByteSource): Promise<TorchFile> {
  const ids = new Map<string, StorageId>();
  const note = (id: PickleValue): PickleValue => {
    // a class of a saved module: `('module', class, file, source text)`
    const [kind, classOfModule] = sequence(id) ?? [];
    if (kind === 'module') return classOfModule;
    const storage = storageId(source.name, id);
    ids.set(storage.key, storage);
    return new PicklePersistent(id);
  };
  const magic = await readPickle(source, torchAllowList);
  ensure(
    magic.value === MAGIC,
    'file',
    () => `${source.name}: magic number ${describeValue(magic.value)} is not torch's ${MAGIC}`,
  );
  const protocol = await readPickle(source, torchAllowList, magic.end);
  ensure(
    protocol.value === PROTOCOL,
    'file',
    () => `${source.name}: torch protocol ${describeValue(protocol.value)} is not read, only ${PROTOCOL}`,
  );
  const system = await readPickle(source, torchAllowList, protocol.end);
  const little = system.value instanceof PickleDict ? system.value.get('little_endian') : true;
  ensure(
    little !== false,
    'file',
    () => `${source.name}: big-endian data is not read, only little-endian; save it again on a PC`,
  );
  const object = await readPickle(source, torchAllowList, system.end, note);
  const keys = await readPickle(source, torchAllowList, object.end);
  const storages = await locateStorages(source, sequence(keys.value), keys.end, ids);
  const resolve: StorageResolver = async (argument) => {
    const id = storageId(source.name, persistentId(argument));
    const storage = storages.get(id.key);
    ensure(
      storage,
      'file',
      () => `${source.name}: storage "${id.key}" is missing; the file is truncated: download it again`,
    );
    return id.view ? partOf(source, storage, id.view) : storage;
  };
  return { root: object.value, opaque: object.opaque, resolve, verify: async () => {} };
}

/** Walks the data: the counts must agree with the pickle, and everything must lie inside the file. */
async function locateStorages(
  source: ByteSource,
  keys: readonly PickleValue[] | null,
  start: number,
  ids: ReadonlyMap<string, StorageId>,
): Promise<Map<string, Storage>> {
  ensure(
    keys,
    'pickle',
    () => `${source.name}: the list of storages is missing; the file is truncated: download it again`,
  );
  const storages = new Map<string, Storage>();
  let at = start;
  for (const key of keys) {
    const id = ids.get(keyText(key) ?? '');
    ensure(
      id && !storages.has(id.key),
      'file',
      () => `${source.name}: storage "${describeValue(key)}" is unknown or listed twice; download the file again`,
    );
    const count = await source.read(at, 8);
    const elements = Number(new DataView(count.buffer).getBigInt64(0, true));
    const bytes = elements * STORED_BYTES[id.dtype];
    ensure(
      elements === id.elements && at + 8 + bytes <= source.size,
      'file',
      () =>
        `${source.name}: storage "${id.key}" should have ${id.elements} elements, has ${elements}, ` +
        `and ${source.size - at - 8} bytes are left; the file is truncated: download it again`,
    );
    storages.set(id.key, { key: id.key, dtype: id.dtype, source, byteOffset: at + 8, elements });
    at += 8 + bytes;
  }
  return storages;
}

function partOf(source: ByteSource, whole: Storage, view: { key: string; offset: number; elements: number }): Storage {
  ensure(
    view.offset + view.elements <= whole.elements,
    'file',
    () =>
      `${source.name}: storage view "${view.key}" ends at ${view.offset + view.elements} of ` +
      `${whole.elements} elements; download the file again`,
  );
  const byteOffset = whole.byteOffset + view.offset * STORED_BYTES[whole.dtype];
  return { ...whole, key: `${whole.key}+${view.offset}`, byteOffset, elements: view.elements };
}
