/** Made-up checkpoints (`fake-checkpoint.ts`) streamed to disk. */
import { rename, rm } from 'node:fs/promises';
import { type FakeFile, fillCheckpoint } from './fake-checkpoint.ts';
import type { FakeModel } from './fake-model.ts';
import { writeZipFile } from './zip-file.ts';

/**
 * Writes one checkpoint; it appears under its name only when it is complete.
 * @param onBytes called with the bytes of each part that was written
 */
export async function writeFakeCheckpoint(
  path: string,
  model: FakeModel,
  file: FakeFile,
  seed: number,
  onBytes: (bytes: number) => void = () => {},
): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeZipFile(partial, (zip) => fillCheckpoint(zip, model, file, seed, onBytes));
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
}
