/** Files of a loss's network as people have them → one safetensors file that `HyperStyle.addLpips` and its like read. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { ensure, HyperStyleError } from '../../src/errors.ts';
import { reason } from '../../src/node/node-file.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import type { LossReader } from '../../src/weights/loss-files.ts';
import { encodeElements, type FolderDType, storedAs } from '../../src/weights/quantize.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import { megabytes } from './report.ts';

const NO_SCALES = new Float32Array(0);

/** What to write, and where. */
export interface LossConversion {
  readonly reader: LossReader;
  readonly checkpoints: readonly Checkpoint[];
  readonly out: string;
  /** `int8` stores what `f16` does: there are no heads of a hypernetwork. */
  readonly dtype: FolderDType;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

/**
 * Writes the file; only layers that the loss reads are in it.
 * @throws `model` error when something is missing, `tensor` when widths do not fit, `file` when it cannot be written
 */
export async function convertLoss({ reader, checkpoints, out, dtype, dryRun, print }: LossConversion): Promise<void> {
  const { tensors } = reader.tensors(checkpoints);
  ensure(
    out.endsWith('.safetensors'),
    'option',
    () => `${out}: ${reader.name} becomes one file; call it NAME.safetensors instead of a folder`,
  );
  const stored = [...tensors.values()].map((tensor) => {
    return { name: tensor.name, shape: tensor.shape, dtype: storedAs(tensor, dtype), tensor };
  });
  print(`${reader.name}, ${stored.length} tensors`);
  if (dryRun) return;
  const parts: Uint8Array[] = [safetensorsHeader(stored)];
  for (const each of stored) {
    parts.push(encodeElements(each.name, await each.tensor.read(), each.dtype, NO_SCALES));
  }
  const bytes = Buffer.concat(parts);
  const draft = `${out}.${process.pid}.part`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, out);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new HyperStyleError('file', `${out}: cannot be written (${reason(cause)}); choose another place`, { cause });
  }
  print(`wrote ${out}: ${megabytes(bytes.byteLength)}`);
}
