/**
 * The names a torch file may use, and what they mean: tensors, storages, ordered dictionaries, and the harmless classes
 * met in `opts`. Every entry makes plain data; nothing here can run anything.
 */
import { ensure } from '../errors.ts';
import type { AllowList } from './pickle.ts';
import {
  PickleDict,
  PickleGlobal,
  PickleInstance,
  PicklePersistent,
  PickleSet,
  type PickleValue,
  sequence,
} from './pickle-values.ts';
import { contiguousStrides, type Storage, type StoredDType, type StoredTensor, storedTensor } from './stored-tensor.ts';

/** A map and no record: names come from files, and a record answers to `constructor` too. */
const STORAGE_TYPES: ReadonlyMap<string, StoredDType> = new Map([
  ['DoubleStorage', 'f64'],
  ['FloatStorage', 'f32'],
  ['HalfStorage', 'f16'],
  ['BFloat16Storage', 'bf16'],
  ['LongStorage', 'i64'],
  ['IntStorage', 'i32'],
  ['ShortStorage', 'i16'],
  ['CharStorage', 'i8'],
  ['ByteStorage', 'u8'],
  ['BoolStorage', 'bool'],
]);

/** Tensors and parameters: kept as the arguments of the call that would have rebuilt them. */
const TENSOR = 'torch._utils._rebuild_tensor_v2';
const REBUILT: readonly string[] = [
  TENSOR,
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_parameter',
  'torch._utils._rebuild_parameter_with_state',
];

/** Classes whose instances carry nothing we compute with, seen in `opts` and in NVIDIA's modules. */
const INERT = new Set([
  ...REBUILT,
  'argparse.Namespace',
  'types.SimpleNamespace',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.PurePosixPath',
  'pathlib.WindowsPath',
  'pathlib.PureWindowsPath',
  'torch.device',
  'torch.Size',
  'torch.float16',
  'torch.bfloat16',
  'torch.float32',
  'torch.float64',
  'numpy.dtype',
  'numpy.ndarray',
  'numpy.core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray.scalar',
  'numpy._core.multiarray._reconstruct',
  '_codecs.encode',
  'builtins.object',
  '__builtin__.object',
]);

const DICTIONARIES = new Set([
  'collections.OrderedDict',
  'collections.defaultdict',
  'builtins.dict',
  '__builtin__.dict',
  'easydict.EasyDict',
]);
const SETS = new Set(['builtins.set', '__builtin__.set', 'builtins.frozenset', '__builtin__.frozenset']);
const RECONSTRUCTORS = new Set([
  'copyreg._reconstructor',
  'copy_reg._reconstructor',
  'copyreg.__newobj__',
  'copy_reg.__newobj__',
]);

/** The allow-list of torch checkpoints. */
export const torchAllowList: AllowList = (module, name) => {
  const full = `${module}.${name}`;
  if (module === 'torch' || module === 'torch.cuda') {
    if (STORAGE_TYPES.has(name)) return new PickleGlobal(name, (args) => new PickleInstance(name, args));
  }
  if (INERT.has(full)) return new PickleGlobal(full, (args) => new PickleInstance(full, args));
  if (DICTIONARIES.has(full)) return new PickleGlobal(full, dictionary);
  if (SETS.has(full)) return new PickleGlobal(full, setOf);
  // copyreg's helpers make an instance of their first argument, itself on this list
  if (RECONSTRUCTORS.has(full))
    return new PickleGlobal(full, ([of]) => (of instanceof PickleGlobal ? of.build([]) : null));
  return undefined;
};

/** A dict from nothing, or from pairs, as Python 2 pickled an OrderedDict. */
export function dictionary(args: readonly PickleValue[]): PickleDict {
  const dict = new PickleDict();
  for (const pair of sequence(args[0]) ?? []) {
    const [key, value] = sequence(pair) ?? [];
    dict.set(key, value);
  }
  return dict;
}

function setOf(args: readonly PickleValue[]): PickleSet {
  const set = new PickleSet();
  for (const item of sequence(args[0]) ?? []) set.items.push(item);
  return set;
}

/** The element type that a storage class stands for. @throws `pickle` error for anything else */
export function storageType(file: string, value: PickleValue): StoredDType {
  const dtype = value instanceof PickleGlobal ? STORAGE_TYPES.get(value.name) : undefined;
  ensure(dtype, 'pickle', () => `${file}: a tensor has an element type that is not read; save the model as float32`);
  return dtype;
}

/** What a persistent id says of a storage: `('storage', type, key, location, elements[, view])`. */
export interface StorageId {
  readonly key: string;
  readonly dtype: StoredDType;
  readonly elements: number;
  /** Pre-1.6 files: this storage is part of another, `[offset, offset + elements)`. */
  readonly view: { readonly key: string; readonly offset: number; readonly elements: number } | null;
}

/** Reads a persistent id. @throws `pickle` error when it is not a storage's */
export function storageId(file: string, id: PickleValue): StorageId {
  const [kind, type, key, , elements, view] = sequence(id) ?? [];
  const known = kind === 'storage' && (typeof key === 'string' || typeof key === 'number') && isCount(elements);
  ensure(
    known,
    'pickle',
    () => `${file}: the pickle refers to something that is no torch storage; the file is corrupt: download it again`,
  );
  const [viewKey, viewOffset, viewElements] = sequence(view) ?? [];
  const isView = typeof viewKey === 'string' && isCount(viewOffset) && isCount(viewElements);
  return {
    key: String(key),
    dtype: storageType(file, type),
    elements,
    view: isView ? { key: viewKey, offset: viewOffset, elements: viewElements } : null,
  };
}

function isCount(value: PickleValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The arguments of `_rebuild_tensor_v2` if `value` is a tensor or a parameter around one, else null. */
export function tensorArguments(value: PickleValue): readonly PickleValue[] | null {
  let at = value;
  for (let depth = 0; depth < 4 && at instanceof PickleInstance && REBUILT.includes(at.of); depth++) {
    if (at.of === TENSOR || at.of === 'torch._utils._rebuild_tensor') return at.args;
    at = at.args[0];
  }
  return null;
}

/** Finds the bytes behind a storage argument. */
export type StorageResolver = (storage: PickleValue) => Promise<Storage>;

/** A tensor of the file. @throws `pickle` or `tensor` error when its description is not one */
export async function resolveTensor(
  file: string,
  name: string,
  args: readonly PickleValue[],
  resolve: StorageResolver,
): Promise<StoredTensor> {
  const [storage, offset, size, stride] = args;
  const shape = sequence(size instanceof PickleInstance ? size.args[0] : size);
  ensure(
    shape?.every(isCount) && isCount(offset),
    'tensor',
    () => `${file}: tensor "${name}" has no readable shape; the file is corrupt: download it again`,
  );
  const strides = sequence(stride) ?? contiguousStrides(shape as number[]);
  ensure(
    strides.every(isCount),
    'tensor',
    () => `${file}: tensor "${name}" has no readable strides; the file is corrupt: download it again`,
  );
  return storedTensor(name, await resolve(storage), offset, shape as number[], strides as number[]);
}

/** The persistent id of a storage argument, or null when it is something else. */
export function persistentId(value: PickleValue): PickleValue {
  return value instanceof PicklePersistent ? value.id : null;
}
