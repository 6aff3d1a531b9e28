/** What a model folder has besides the network: edit directions and pictures to try. */
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { ensure, HyperStyleError } from '../../src/errors.ts';
import { openNodeFile, reason } from '../../src/node/node-file.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import type { ByteSource } from '../../src/weights/random-access.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';

const PICTURE = /\.(png|jpe?g|webp)$/i;
/** The errors that the samples' inversions should have; copied beside them. */
export const EXPECTED = 'expected.json';

/**
 * Reads directions: files with a dict of name → tensor, or one tensor each, named by the file (`x.smile.pt` → `smile`).
 * @param styleDim numbers a direction has: [styleDim] with any leading 1
 * @throws `tensor` error for any other size
 */
export async function readDirections(
  paths: readonly string[],
  styleDim: number,
): Promise<Map<string, Float32Array<ArrayBuffer>>> {
  const directions = new Map<string, Float32Array<ArrayBuffer>>();
  for (const path of paths) {
    const file = await openNodeFile(path);
    try {
      await addDirections(directions, file, styleDim);
    } finally {
      await file.close();
    }
  }
  return directions;
}

async function addDirections(
  directions: Map<string, Float32Array<ArrayBuffer>>,
  file: ByteSource,
  styleDim: number,
): Promise<void> {
  const { tensors } = await openCheckpoint(file);
  for (const [key, tensor] of tensors) {
    const name = key === 'tensor' && tensors.size === 1 ? lastWord(file.name) : key;
    ensure(
      tensor.shape.at(-1) === styleDim && tensor.shape.every((n, i) => n === 1 || i === tensor.shape.length - 1),
      'tensor',
      () =>
        `${file.name}: direction "${name}" has shape [${tensor.shape}], the model's w is [${styleDim}]; use directions made for this model`,
    );
    directions.set(name, await tensor.read());
  }
}

function lastWord(path: string): string {
  return basename(path)
    .replace(/\.[^.]*$/, '')
    .replace(/^.*\./, '');
}

/** Directions as a safetensors file, each `[styleDim]` f32. */
export function directionsFile(directions: ReadonlyMap<string, Float32Array<ArrayBuffer>>): Uint8Array {
  const tensors = [...directions].map(([name, values]) => ({ name, dtype: 'f32' as const, shape: [values.length] }));
  const parts = [...directions.values()].map(
    (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([safetensorsHeader(tensors), ...parts]);
}

/**
 * Finds the sample pictures of a folder: those called `portrait-*` where there are any, else all, and `expected.json`.
 * @returns names, in the order of their numbers; `expected.json` last
 */
export async function findSamples(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new HyperStyleError(
      'file',
      `--samples ${folder}: cannot be read (${reason(cause)}); give a folder of pictures`,
      { cause },
    );
  });
  const pictures = names.filter((name) => PICTURE.test(name) && /^\w[\w.-]*$/.test(name));
  ensure(
    pictures.length > 0,
    'file',
    () => `--samples ${folder}: holds no .png, .jpg or .webp; give a folder of pictures`,
  );
  const portraits = pictures.filter((name) => name.startsWith('portrait-'));
  const chosen = (portraits.length > 0 ? portraits : pictures).sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  return names.includes(EXPECTED) ? [...chosen, EXPECTED] : chosen;
}
