/**
 * The names a torch file may use, and what they mean: tensors, storages, dictionaries, and the harmless classes met in
 * `opts`. Every entry makes plain data; nothing here can run anything. Any other name is opaque (never called, never used),
 * but inside a tensor it is refused: there a guess would give wrong numbers.
 */
import { ensure } from '../errors.ts';
import type { StoredDType } from './elements.ts';
import type { AllowList } from './pickle.ts';
import {
  isOpaque,
  opaqueGlobal,
  PickleDict,
  PickleGlobal,
  PickleInstance,
  PicklePersistent,
  PickleSet,
  type PickleValue,
  sequence,
} from './pickle-values.ts';
import { contiguousStrides, type Storage, type StoredTensor, storedTensor } from './stored-tensor.ts';

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

/** Tensors: kept as the arguments of the call that would have rebuilt them, `(storage, offset, size, stride, …)`. */
const TENSORS: readonly string[] = ['torch._utils._rebuild_tensor_v2', 'torch._utils._rebuild_tensor'];
/** Parameters: the tensor is the first argument. */
const PARAMETERS: readonly string[] = ['torch._utils._rebuild_parameter', 'torch._utils._rebuild_parameter_with_state'];
/** Tensors with Python attributes or of a subclass: `(rebuilding function, class, its arguments, attributes)`. */
const TYPED: readonly string[] = ['torch._tensor._rebuild_from_type_v2', 'torch._tensor._rebuild_from_type'];
/** A module of stylegan2-ada-pytorch, which carries the source text of its class. The text is data here. */
export const PERSISTENT_MODULE = 'torch_utils.persistence._reconstruct_persistent_obj';
/** A storage as the bytes of a pre-1.6 file, in pickles that torch.save did not write. */
export const STORAGE_BYTES = 'torch.storage._load_from_bytes';

/** Classes whose instances carry nothing we compute with, seen in `opts` and in NVIDIA's modules. */
const INERT = new Set([
  ...TENSORS,
  ...PARAMETERS,
  ...TYPED,
  PERSISTENT_MODULE,
  STORAGE_BYTES,
  'argparse.Namespace',
  'types.SimpleNamespace',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.PurePosixPath',
  'pathlib.WindowsPath',
  'pathlib.PureWindowsPath',
  'torch.device',
  'torch.Size',
  'torch.Tensor',
  'torch.nn.parameter.Parameter',
  'torch.nn.parameter.Buffer',
  ...'float16 bfloat16 float32 float64 bool uint8 int8 int16 int32 int64'.split(' ').map((dtype) => `torch.${dtype}`),
  'numpy.dtype',
  'numpy.ndarray',
  'numpy.core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray.scalar',
  'numpy._core.multiarray._reconstruct',
  '_codecs.encode',
  ...'object list tuple bytearray complex slice int long float str bool'
    .split(' ')
    .flatMap((name) => [`builtins.${name}`, `__builtin__.${name}`]),
]);

const DICTIONARIES = new Set([
  'collections.OrderedDict',
  'collections.defaultdict',
  'collections.Counter',
  'builtins.dict',
  '__builtin__.dict',
  'easydict.EasyDict',
  'dnnlib.util.EasyDict',
  'dnnlib.EasyDict',
]);
const SETS = new Set(['builtins.set', '__builtin__.set', 'builtins.frozenset', '__builtin__.frozenset']);
const RECONSTRUCTORS = new Set([
  'copyreg._reconstructor',
  'copy_reg._reconstructor',
  'copyreg.__newobj__',
  'copy_reg.__newobj__',
]);

/** The allow-list of torch checkpoints and of pickles that hold torch modules. */
export const torchAllowList: AllowList = (module, name) => {
  const full = `${module}.${name}`;
  if ((module === 'torch' || module === 'torch.cuda') && STORAGE_TYPES.has(name))
    return new PickleGlobal(name, (args) => new PickleInstance(name, args));
  if (INERT.has(full)) return new PickleGlobal(full, (args) => new PickleInstance(full, args));
  if (DICTIONARIES.has(full)) return new PickleGlobal(full, dictionary);
  if (SETS.has(full)) return new PickleGlobal(full, setOf);
  // copyreg's helpers make an instance of their first argument
  if (RECONSTRUCTORS.has(full))
    return new PickleGlobal(full, ([of]) => (of instanceof PickleGlobal ? of.build([]) : null));
  return isTensorPart(module, name) ? undefined : opaqueGlobal(full);
};

/** Whether torch would make a tensor or a storage with this name: one that we do not know must not be passed over. */
function isTensorPart(module: string, name: string): boolean {
  const torch = module === 'torch' || module.startsWith('torch.');
  return torch && (/Storage$/.test(name) || name.startsWith('_rebuild') || module === 'torch.storage');
}

/** A dict from nothing, from another dict, or from pairs, as Python 2 pickled an OrderedDict. */
function dictionary(args: readonly PickleValue[]): PickleDict {
  const dict = new PickleDict();
  if (args[0] instanceof PickleDict) for (const [key, value] of args[0].entries) dict.set(key, value);
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
function storageType(file: string, value: PickleValue): StoredDType {
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
  for (let depth = 0; depth < 4 && at instanceof PickleInstance; depth++) {
    if (TENSORS.includes(at.of)) return at.args;
    if (PARAMETERS.includes(at.of)) at = at.args[0];
    else if (TYPED.includes(at.of)) {
      const [rebuild, , args] = at.args;
      // an unknown function stays among the arguments, where it is refused by name
      if (!(rebuild instanceof PickleGlobal) || rebuild.opaque) return at.args;
      at = new PickleInstance(rebuild.name, sequence(args) ?? []);
    } else return null;
  }
  return null;
}

/** torch's own limit. */
const MAX_DIMENSIONS = 64;

/** Finds the bytes behind a storage argument. */
export type StorageResolver = (storage: PickleValue) => Promise<Storage>;

function nameOf(value: PickleGlobal | PickleInstance): string {
  return value instanceof PickleGlobal ? value.name : value.of;
}

/** A tensor of the file. @throws `pickle` or `tensor` error when its description is not one */
export async function resolveTensor(
  file: string,
  name: string,
  args: readonly PickleValue[],
  resolve: StorageResolver,
): Promise<StoredTensor> {
  const [storage, offset, size, stride] = args;
  const parts = args
    .slice(0, MAX_DIMENSIONS)
    .flatMap((arg) => [arg, ...(sequence(arg)?.slice(0, MAX_DIMENSIONS) ?? [])]);
  const foreign = parts.find(isOpaque);
  ensure(
    !foreign,
    'pickle',
    () =>
      `${file}: tensor "${name}" is made with ${foreign && nameOf(foreign)}, ` +
      'which is not on the list of harmless names; if you trust the file, ' +
      'save its state_dict alone with torch.save',
  );
  const shape = sequence(size instanceof PickleInstance ? size.args[0] : size);
  ensure(
    shape && shape.length <= MAX_DIMENSIONS && shape.every(isCount) && isCount(offset),
    'tensor',
    () => `${file}: tensor "${name}" has no readable shape; the file is corrupt: download it again`,
  );
  const strides = sequence(stride) ?? contiguousStrides(shape as number[]);
  ensure(
    strides.length === shape.length && strides.every(isCount),
    'tensor',
    () => `${file}: tensor "${name}" has no readable strides; the file is corrupt: download it again`,
  );
  return storedTensor(name, await resolve(storage), offset, shape as number[], strides as number[]);
}

/** The persistent id of a storage argument, or null when it is something else. */
export function persistentId(value: PickleValue): PickleValue {
  return value instanceof PicklePersistent ? value.id : null;
}
