/** Golden files of edits, without their pictures, and the edit spaces they live in. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EditSpace, type EditVectors, editSpace } from '../../src/editing/edit-space.ts';
import { type ByteSource, bytesSource } from '../../src/weights/random-access.ts';
import { openSafetensors } from '../../src/weights/safetensors.ts';

/** The generator of `base`. */
export const BASE_SPACE: EditSpace = editSpace({
  size: 64,
  styleDim: 24,
  latentCount: 10,
  channels: { 4: 24, 8: 24, 16: 24, 32: 16, 64: 12 },
});

/** The generator of `edit-styleclip-256`. */
export const SPACE_256: EditSpace = editSpace({
  size: 256,
  styleDim: 16,
  latentCount: 14,
  channels: { 4: 8, 8: 8, 16: 8, 32: 8, 64: 8, 128: 6, 256: 4 },
});

/** A file of `goldens/`, under a name of the caller's where the name matters. */
export async function golden(file: string, name = file): Promise<ByteSource> {
  return bytesSource(name, new Uint8Array(await readFile(join(import.meta.dirname, 'goldens', file))));
}

/** All tensors of a case. */
export async function tensorsOf(name: string): Promise<(tensor: string) => Float32Array> {
  const { tensors } = await openSafetensors(await golden(`${name}.safetensors`));
  const values = new Map<string, Float32Array>();
  for (const [key, tensor] of tensors) values.set(key, await tensor.read());
  return (key) => {
    const found = values.get(key);
    if (!found) throw new Error(`${name} has no ${key}`);
    return found;
  };
}

/** A case's entry in the index. */
export async function entryOf(name: string): Promise<Record<string, unknown>> {
  const index = await golden('index.json');
  const text = new TextDecoder().decode(await index.read(0, index.size));
  const { cases } = JSON.parse(text) as { cases: Record<string, unknown>[] };
  const found = cases.find((entry) => entry.name === name);
  if (!found) throw new Error(`index.json has no ${name}`);
  return found;
}

/** Latents after an edit. */
export function edited(base: Float32Array, { offset }: EditVectors): Float32Array {
  return base.map((value, i) => value + (offset[i] ?? 0));
}
