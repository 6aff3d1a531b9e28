/** The smallest whole model we have: a golden pipeline's checkpoints, fetched from the test server. */
import { fillCheckpoint } from '../../cli/convert/fake-checkpoint.ts';
import type { Architecture } from '../../src/architecture.ts';
import { HyperStyle } from '../../src/index.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import type { LatentEncoderKind } from '../../src/weights/networks.ts';
import { type ByteSource, bytesSource } from '../../src/weights/random-access.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { zipBytes } from '../../src/weights/zip-writer.ts';

/** A file of the golden folder, as a page would drop it. */
export async function goldenFile(file: string): Promise<ByteSource> {
  const response = await fetch(`/test/goldens/${file}`);
  if (!response.ok) throw new Error(`/test/goldens/${file}: ${response.status}`);
  return bytesSource(file, new Uint8Array(await response.arrayBuffer()));
}

const checkpoint = async (file: string) => openCheckpoint(await goldenFile(file));

/** A golden pipeline's checkpoints as weights, with one made-up edit direction "east". */
export async function smallWeights(name = 'pipeline-faces'): Promise<WeightSource> {
  const [hyper, encoder] = await Promise.all([checkpoint(`${name}.hyperstyle.pt`), checkpoint(`${name}.w_encoder.pt`)]);
  const source = checkpointSource(hyper, encoder);
  const { styleDim } = source.architecture;
  return { ...source, directions: new Map([['east', new Float32Array(styleDim).fill(0.1)]]) };
}

/** That model on a device. */
export async function smallModel(device: GPUDevice, name?: string): Promise<HyperStyle> {
  return HyperStyle.fromWeights(await smallWeights(name), { device });
}

/** A made-up checkpoint of ReStyle-e4e or e4e for a model of that architecture. */
export async function latentEncoderFor(kind: LatentEncoderKind, architecture: Architecture): Promise<File> {
  const { inputSize, cropRows, encoder } = architecture;
  const opts = {
    dataset_type: 'small_hypernet',
    arch: { input_size: inputSize, crop_rows: cropRows && [...cropRows], enc_units: encoder && [...encoder.units] },
  };
  const model = { architecture, widths: { sharedInner: 8, inner: 8, code: 8 }, opts };
  return new File([await zipBytes((zip) => fillCheckpoint(zip, model, kind, 1, () => undefined))], `${kind}.pt`);
}

/** A picture with structure in every direction; `seed` moves it. */
export function testPicture(width: number, height: number, seed = 0) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    data.set([(x * 5 + seed * 40) % 256, (y * 7) % 256, (x * y + seed) % 256, 255], 4 * i);
  }
  return { data, width, height };
}

/** Largest difference of two rows of numbers. */
export const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - (b[i] ?? Number.NaN))));
