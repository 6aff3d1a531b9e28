/** A direction of the shipped model as the files that people have: `.npy`, `.pt` and safetensors. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { saveDirections } from '../../src/editing/saved-directions.ts';
import { gaussian } from '../../src/gaussian.ts';
import { bytesOf } from '../../src/weights/bytes.ts';
import { parseManifest } from '../../src/weights/manifest.ts';
import { writeNpy } from '../../src/weights/npy-writer.ts';
import { writeTorchFile } from '../../src/weights/torch-writer.ts';
import { zipBytes } from '../../src/weights/zip-writer.ts';

const MODELS = resolve(import.meta.dirname, '../../models');

/** The folder of the model that ships. */
export function shippedFolder(): string {
  const [name = ''] = readdirSync(MODELS).filter((folder) => folder.startsWith('clay-'));
  return join(MODELS, name);
}

/** A file to be dropped. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Three directions, each in a file of its own: W in `.npy`, W+ in `.pt`, W in safetensors; called `w_npy`, `wplus_pt`, `w_safe`. */
export async function directionFiles(): Promise<[DroppedFile, DroppedFile, DroppedFile]> {
  const { architecture } = parseManifest('model.json', readFileSync(join(shippedFolder(), 'model.json'), 'utf8'));
  const { styleDim, latentCount } = architecture;
  const vector = (seed: number): Float32Array<ArrayBuffer> => gaussian(seed, styleDim).map((value) => value / 2);
  const rows = { name: 'rows', dtype: 'f32' as const, shape: [latentCount, styleDim] };
  const values = Float32Array.from({ length: latentCount * styleDim }, (_, i) => vector(2)[i % styleDim] ?? 0);
  const pt = await zipBytes((zip) =>
    writeTorchFile(
      zip,
      [rows],
      (made) => made.get('rows') ?? null,
      () => [bytesOf(values)],
    ),
  );
  return [
    { name: 'w_npy.npy', bytes: writeNpy({ shape: [1, styleDim], data: vector(1) }) },
    { name: 'wplus_pt.pt', bytes: pt },
    {
      name: 'w.safetensors',
      bytes: saveDirections([{ kind: 'latent', name: 'w_safe', vectors: 1, values: vector(3) }]),
    },
  ];
}
