/**
 * The authors' result files: `latents.npy` (a dict name → latent) and `weight_deltas/NAME.npy` (ΣΔ of every layer, None
 * where a layer is not tuned). HyperStyle's scripts/inference.py writes them with numpy.save.
 */
import { ensure } from '../errors.ts';
import { elementCount } from '../tensor.ts';
import { openNpy } from '../weights/npy.ts';
import { writeNpyObjects } from '../weights/npy-writer.ts';
import { type NumpyArray, numpyArray } from '../weights/numpy-objects.ts';
import { PickleDict } from '../weights/pickle-values.ts';
import type { ByteSource } from '../weights/random-access.ts';
import { checkLatents, type EditSpace } from './edit-space.ts';

/** ΣΔ of a layer `[out, in, k, k]`, or null where it is not tuned; one entry a generator layer. */
export type WeightDeltas = readonly (NumpyArray | null)[];

/**
 * Latents `[latentCount, styleDim]` by picture name.
 * @throws `file` or `pickle` error when it is no such file, `tensor` error for latents of another generator
 */
export async function readLatents(
  source: ByteSource,
  space: EditSpace,
): Promise<Map<string, Float32Array<ArrayBuffer>>> {
  const file = await openNpy(source);
  const dict = file.kind === 'objects' ? file.items[0] : undefined;
  ensure(
    dict instanceof PickleDict,
    'file',
    () => `${source.name}: holds no dict of latents; give the latents.npy that HyperStyle's inference script wrote`,
  );
  const latents = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [key, value] of dict.entries) {
    const name = String(key);
    const array = await numpyArray(`${source.name}, "${name}"`, value);
    ensure(array, 'file', () => `${source.name}: "${name}" is no array; save the latents again`);
    checkLatents(`${source.name}, "${name}"`, array.data, space);
    latents.set(name, array.data);
  }
  return latents;
}

/** Writes `latents.npy`. @throws `tensor` error for latents of another size */
export function writeLatents(
  latents: ReadonlyMap<string, Float32Array<ArrayBuffer>>,
  space: EditSpace,
): Uint8Array<ArrayBuffer> {
  const shape = [space.latentCount, space.styleDim];
  const named = [...latents].map(([name, data]): [string, NumpyArray] => {
    checkLatents(`"${name}"`, data, space);
    return [name, { shape, data }];
  });
  return writeNpyObjects([], [new Map(named)]);
}

/**
 * ΣΔ by layer.
 * @throws `file` or `pickle` error when it is no such file, `tensor` error when a layer of the generator has another shape
 */
export async function readWeightDeltas(source: ByteSource, space: EditSpace): Promise<WeightDeltas> {
  const file = await openNpy(source);
  ensure(
    file.kind === 'objects' && file.shape.length === 1,
    'file',
    () => `${source.name}: holds no list of offsets; give a file of HyperStyle's weight_deltas folder`,
  );
  const { items } = file;
  ensure(
    items.length === space.layers.length,
    'tensor',
    () =>
      `${source.name}: has offsets of ${items.length} layers, this model has ${space.layers.length}; ` +
      'it was made for another generator',
  );
  const deltas: (NumpyArray | null)[] = [];
  for (const [i, item] of items.entries()) {
    const array = await numpyArray(`${source.name}, layer ${i}`, item);
    ensure(array || item === null, 'file', () => `${source.name}: layer ${i} is no array and not None`);
    if (array) checkDelta(source.name, space, i, array);
    deltas.push(array);
  }
  return deltas;
}

/** Writes a file of `weight_deltas`. @throws `tensor` error when a layer has another shape */
export function writeWeightDeltas(deltas: WeightDeltas, space: EditSpace): Uint8Array<ArrayBuffer> {
  ensure(
    deltas.length === space.layers.length,
    'tensor',
    () => `offsets of ${deltas.length} layers, this model has ${space.layers.length}`,
  );
  deltas.forEach((delta, i) => {
    if (delta) checkDelta('weight deltas', space, i, delta);
  });
  return writeNpyObjects([deltas.length], deltas);
}

/** Shape of a layer's offsets: its kernel, whatever taps its head has. */
export function deltaShape({ layers }: EditSpace, index: number): [out: number, into: number, k: number, k2: number] {
  const layer = layers[index];
  const side = layer?.kind === 'rgb' ? 1 : 3;
  return [layer?.outChannels ?? 0, layer?.inChannels ?? 0, side, side];
}

function checkDelta(file: string, space: EditSpace, index: number, { shape, data }: NumpyArray): void {
  const expected = deltaShape(space, index);
  ensure(
    shape.length === 4 && shape.every((n, i) => n === expected[i]) && data.length === elementCount(expected),
    'tensor',
    () =>
      `${file}: layer ${index} has shape [${shape}], this model's is [${expected}]; it was made for another generator`,
  );
}
