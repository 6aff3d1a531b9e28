/**
 * Opens any checkpoint people have: torch zip and pre-1.6 files, NVIDIA pickles, safetensors. The result is the same for
 * all: named tensors that are read on demand, and the options the model was trained with.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import { elementCount } from '../tensor.ts';
import { adaShape, refuseOtherAda } from './ada-generator.ts';
import { planKeys } from './checkpoint-keys.ts';
import { describeForeign, describeLeftOut } from './left-out.ts';
import { openPickle } from './loose-pickle.ts';
import { findOptions, findTensors } from './pickle-tensors.ts';
import { PickleDict, type PickleValue, toPlain } from './pickle-values.ts';
import type { ByteSource } from './random-access.ts';
import { openSafetensors } from './safetensors.ts';
import { memoryTensor, type StoredTensor } from './stored-tensor.ts';
import { isTorchLegacy, openTorchLegacy } from './torch-legacy.ts';
import { resolveTensor } from './torch-objects.ts';
import { openTorchZip, type TorchFile } from './torch-zip.ts';
import { trainingOptions } from './training-options.ts';
import { AVERAGE_LATENT } from './unified-keys.ts';

/** Rows of an average latent that is stored in a list, and their width: a 2048-px generator has 20 layers. */
const MAX_ROWS = 64;
const MAX_WIDTH = 2 ** 16;
/** Of a name at the top of a file; what is longer is no name. */
const MAX_NAME = 1024;

/** A checkpoint whose tensors can be read one by one. */
export interface Checkpoint {
  /** The file's name. */
  readonly name: string;
  readonly format: 'torch-zip' | 'torch-legacy' | 'nvidia-pkl' | 'safetensors';
  /**
   * Networks under our keys (`hypernet.*`, `decoder.*`, `encoder.*`) and `latent_avg`, whatever the file wraps them in. A file
   * without networks: its tensors by their own names, a lone one as `tensor`. Aliases have equal storageKey and byteOffset.
   */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** `opts` of the training run, from a dict or an argparse.Namespace; safetensors: the metadata. Empty when absent. */
  readonly opts: Readonly<Record<string, unknown>>;
  /** What the file holds besides, in words: a line a thing. */
  readonly leftOut: readonly string[];
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
  // Its first bytes are a length and may look like any other format; none of those has a brace here.
  if (head[8] === 0x7b) return fromSafetensors(source);
  if (head[0] === 0x50 && head[1] === 0x4b) return fromPickle(source, 'torch-zip', await openTorchZip(source));
  if (isTorchLegacy(head)) return fromPickle(source, 'torch-legacy', await openTorchLegacy(source));
  if (head[0] === 0x80) return fromPickle(source, 'nvidia-pkl', await openPickle(source));
  const expected = 'a checkpoint is a torch zip (PK), a pickle (0x80) or safetensors';
  throw new HyperStyleError(
    'file',
    `${source.name}: starts with ${describeHead(head)}, but ${expected}; download the file itself again`,
  );
}

/** The first bytes of files that people give by mistake. */
const OTHER_FILES: readonly (readonly [start: string, what: string])[] = [
  ['version https', '"version https…" (a Git LFS pointer, not the file)'],
  ['\x89HDF', '"HDF" (a Keras or MATLAB file, not one of PyTorch)'],
  ['\x1f\x8b', 'a gzip header (unpack it first)'],
  ['7z\xbc\xaf', 'a 7z header (unpack it first)'],
  ['Rar!', 'a RAR header (unpack it first)'],
  ['\x93NUMPY', '"NUMPY" (an .npy array, not a checkpoint)'],
  ['{', '"{" (JSON text, not a checkpoint)'],
];

function describeHead(head: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(head);
  const known = OTHER_FILES.find(([start]) => text.startsWith(start));
  if (known) return known[1];
  if (text.trimStart().startsWith('<')) return '"<" (a web page, not the file)';
  return head.length
    ? `bytes ${[...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`
    : 'nothing (it is empty)';
}

async function fromSafetensors(source: ByteSource): Promise<Checkpoint> {
  const { tensors, metadata } = await openSafetensors(source);
  const picked = await pick(source.name, [...tensors.keys()], async (path) => tensors.get(path));
  const { opts, leftOut } = trainingOptions(source.name, metadata);
  return {
    name: source.name,
    format: 'safetensors',
    tensors: picked.tensors,
    opts,
    leftOut: [...describeLeftOut(picked.leftOut, [], []), ...leftOut],
    verify: async () => {},
  };
}

async function fromPickle(source: ByteSource, format: Checkpoint['format'], file: TorchFile): Promise<Checkpoint> {
  const { name } = source;
  const found = findTensors(name, file.root);
  const picked = await pick(name, [...found.keys()], async (path) => {
    const tensor = found.get(path);
    if (tensor?.kind === 'listed') return memoryTensor(path, [tensor.values.length], Float32Array.from(tensor.values));
    return tensor && resolveTensor(name, path, tensor.args, file.resolve);
  });
  ensure(picked.tensors.size > 0, 'model', () => `${name}: ${describeForeign([...found.keys()])}`);
  const { opts, leftOut } = trainingOptions(name, record(findOptions(file.root)));
  const others = file.root instanceof PickleDict ? [...file.root.entries.keys()] : [];
  return {
    name,
    format,
    tensors: picked.tensors,
    opts,
    leftOut: [...describeLeftOut(picked.leftOut, topNames(others, found), [...file.opaque]), ...leftOut],
    verify: file.verify,
  };
}

/** Names at the top of a file under which there is no tensor, options excepted. */
function topNames(keys: readonly PickleValue[], found: ReadonlyMap<string, unknown>): string[] {
  const holders = new Set([...found.keys()].map((path) => path.split('.')[0]));
  const texts = keys.filter((key) => typeof key === 'string');
  return texts.filter((key) => key !== 'opts' && !holders.has(key.slice(0, MAX_NAME).split('.')[0]));
}

function record(value: PickleValue): Readonly<Record<string, unknown>> {
  const plain = toPlain(value);
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain) ? (plain as Record<string, unknown>) : {};
}

/** Reads the tensors that are ours among those of a file. */
async function pick(
  file: string,
  paths: readonly string[],
  open: (path: string) => Promise<StoredTensor | undefined>,
): Promise<{ tensors: Map<string, StoredTensor>; leftOut: readonly string[] }> {
  const plan = planKeys(paths);
  if (plan.ada) refuseOtherAda(file, plan.ada);
  const tensors = new Map<string, StoredTensor>();
  for (const [key, path] of plan.taken) {
    const tensor = await open(path);
    if (tensor) tensors.set(key, tensor.renamed(key, plan.ada ? adaShape(key, tensor.shape) : tensor.shape));
  }
  ensure(
    plan.averages.length <= MAX_ROWS,
    'tensor',
    () =>
      `${file}: latent_avg is a list of ${plan.averages.length} tensors, expected one a layer; save it as one tensor`,
  );
  const rows: StoredTensor[] = [];
  for (const path of plan.averages) {
    const row = await open(path);
    if (row) rows.push(row);
  }
  const average = await stacked(rows);
  if (average) tensors.set(AVERAGE_LATENT, average);
  return { tensors, leftOut: plan.leftOut };
}

/** One average latent of what may be several rows in a list. */
async function stacked(rows: readonly StoredTensor[]): Promise<StoredTensor | undefined> {
  const [first] = rows;
  if (!first || rows.length === 1) return first?.renamed(AVERAGE_LATENT);
  const width = elementCount(first.shape);
  ensure(
    width <= MAX_WIDTH && rows.every((row) => elementCount(row.shape) === width),
    'tensor',
    () => `latent_avg is a list of ${rows.length} tensors that are no rows of one size; save it as one tensor`,
  );
  const values = await Promise.all(rows.map((row) => row.read()));
  return memoryTensor(AVERAGE_LATENT, [rows.length, width], Float32Array.from(values.flatMap((row) => [...row])));
}
