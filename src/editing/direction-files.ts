/**
 * Reads the direction files people have, by what they hold: InterFaceGAN vectors (`.pt`, `.npy`, safetensors; W or W+),
 * GANSpace's `*_pca.pt`, StyleSpace channels (`.json`), StyleCLIP's tables with phrases, and what `saveDirections` wrote.
 * Several files are read together, because StyleCLIP's belong together.
 */
import { ensure } from '../errors.ts';
import { elementCount, type Shape } from '../tensor.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { isNpy } from '../weights/npy.ts';
import type { NumpyArray } from '../weights/numpy-objects.ts';
import type { ByteSource } from '../weights/random-access.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import type { StoredTensor } from '../weights/stored-tensor.ts';
import { channelDirections } from './channel-file.ts';
import { type ComponentDirection, checkDirection, type Direction, type LatentDirection } from './direction.ts';
import type { EditSpace } from './edit-space.ts';
import { isSavedDirections, loadDirections } from './read-saved.ts';
import { type GlobalDirection, globalDirection, type StyleClipTables } from './styleclip.ts';
import { isStyleClipTable, npyNumbers, readStyleClipTables } from './styleclip-files.ts';

/** More numbers than any direction has: a larger tensor is something else, and is not read into memory. */
const MAX_VALUES = 2 ** 24;
/** Where a safetensors file has a brace, and no other format. */
const SAFETENSORS_BRACE = 8;

/**
 * Directions of these files by name, checked against the generator. One vector is named by its file (`age.pt` and
 * `ffhq.age.pt` → `age`), several by their keys, components `NAME.0`, `NAME.1`, …. With `fs3.npy` and `S_mean_std` among the
 * files, vectors `[C]` of the other files are phrases' Δi where they are as wide as a row of `fs3.npy`.
 * @throws `file`, `pickle` and `tensor` errors of unreadable or foreign files, `option` error for a name that comes twice
 */
export async function readDirections(
  sources: readonly ByteSource[],
  space: EditSpace,
): Promise<Map<string, Direction>> {
  const tables = await readStyleClipTables(sources, space);
  const styleClip = tables && phrases(tables, space);
  const rest = sources.filter((source) => !isStyleClipTable(source));
  const directions = new Map<string, Direction>();
  for (const source of rest) {
    for (const direction of await readFile(source, space, styleClip)) {
      const { name } = direction;
      ensure(!directions.has(name), 'option', () => `direction "${name}" comes twice; rename one of the files`);
      checkDirection(direction, space);
      directions.set(name, direction);
    }
  }
  ensure(
    !tables || [...directions.values()].some(({ kind }) => kind === 'global'),
    'file',
    'fs3.npy and S_mean_std came without a phrase: ' +
      'add a file of Δi, the unit difference of two texts in CLIP, one vector [width] a phrase',
  );
  return directions;
}

/** A file's name without folder and ending; of names with several dots the last part. */
export function directionName(file: string): string {
  const parts = file.replace(/^.*[\\/]/, '').split('.');
  return (parts.length > 1 ? parts.at(-2) : parts[0]) || file;
}

type StyleClip = (name: string, deltaI: NumpyArray) => GlobalDirection | undefined;

/**
 * Takes vectors as phrases that can be no latent: as wide as a row of `fs3.npy`, and where latents are as wide (512 in
 * the published models) of one dimension, `[C]`, while latent directions come as `[1, D]`.
 */
function phrases(tables: StyleClipTables, space: EditSpace): StyleClip {
  const { width } = tables;
  return (name, { shape, data }) =>
    vectorWidth(shape) === width && (width !== space.styleDim || shape.length === 1)
      ? globalDirection(space, tables, data, { name })
      : undefined;
}

/** The length of a vector `[…1, n]`, or undefined for anything else. */
function vectorWidth(shape: Shape): number | undefined {
  return shape.length > 0 && shape.slice(0, -1).every((n) => n === 1) ? shape.at(-1) : undefined;
}

async function readFile(source: ByteSource, space: EditSpace, styleClip: StyleClip | undefined): Promise<Direction[]> {
  const one = (name: string, values: NumpyArray): Direction =>
    styleClip?.(name, values) ?? latentDirection(name, source.name, values, space);
  const head = await source.read(0, Math.min(source.size, 32));
  if (isNpy(head)) return [one(directionName(source.name), await npyNumbers(source))];
  if (/\.json$/i.test(source.name)) return channelDirections(source);
  const { tensors, metadata } = await openTensors(source, head);
  if (isSavedDirections(metadata)) return loadDirections(source.name, tensors, metadata);
  const numbers = async (name: string): Promise<NumpyArray> => {
    const tensor = tensors.get(name);
    const shape = tensor?.shape ?? [];
    ensure(
      tensor && elementCount(shape) <= MAX_VALUES,
      'file',
      () => `${source.name}: tensor "${name}" [${shape}] is no direction; give files of directions, not models`,
    );
    return { shape, data: await tensor.read() };
  };
  if (['comp', 'mean', 'std'].every((key) => tensors.has(key)))
    return components(source.name, await numbers('comp'), await numbers('mean'), await numbers('std'));
  const directions: Direction[] = [];
  for (const key of tensors.keys()) {
    const name = key === 'tensor' ? directionName(source.name) : key;
    directions.push(one(name, await numbers(key)));
  }
  return directions;
}

/** Tensors by their own names: of safetensors all, of torch files what `openCheckpoint` finds. */
async function openTensors(
  source: ByteSource,
  head: Uint8Array,
): Promise<{ tensors: ReadonlyMap<string, StoredTensor>; metadata: Readonly<Record<string, string>> }> {
  if (head[SAFETENSORS_BRACE] === 0x7b) return openSafetensors(source);
  return { tensors: (await openCheckpoint(source)).tensors, metadata: {} };
}

/** `[D]`, `[1, D]` (W), `[L, D]` or `[1, L, D]` (W+). */
function latentDirection(
  name: string,
  file: string,
  { shape, data }: NumpyArray,
  { styleDim, latentCount }: EditSpace,
): LatentDirection {
  const dims = shape.filter((n, i) => n !== 1 || i === shape.length - 1);
  const [vectors, width] = dims.length === 1 ? [1, dims[0]] : [dims[0] ?? 0, dims[1]];
  ensure(
    dims.length <= 2 && width === styleDim && (vectors === 1 || vectors === latentCount),
    'tensor',
    () =>
      `${file}: direction "${name}" has shape [${shape}], this model's latents are [${latentCount}, ` +
      `${styleDim}], so [1, ${styleDim}] or [${latentCount}, ${styleDim}] is expected; ` +
      'it was made for another generator',
  );
  return { kind: 'latent', name, vectors, values: data };
}

/** GANSpace's file: mean `[1, D]`, std `[K]`, comp `[K, 1, D]` (stored transposed, which its strides say). */
function components(file: string, comp: NumpyArray, mean: NumpyArray, std: NumpyArray): ComponentDirection[] {
  const count = std.data.length;
  const width = mean.data.length;
  ensure(
    comp.data.length === count * width,
    'tensor',
    () =>
      `${file}: comp [${comp.shape}] does not fit std [${std.shape}] and mean [${mean.shape}], expected [${count}, 1, ${width}]`,
  );
  return Array.from({ length: count }, (_, k) => ({
    kind: 'component',
    name: `${directionName(file)}.${k}`,
    mean: mean.data,
    component: comp.data.slice(k * width, (k + 1) * width),
    sigma: std.data[k] ?? 1,
  }));
}
