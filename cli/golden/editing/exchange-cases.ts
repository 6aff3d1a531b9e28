/** Golden cases of the authors' `.npy` files: read, and read again after being written by us. No GPU is needed. */
import { type EditSpace, editSpace } from '../../../src/editing/edit-space.ts';
import { readLatents, readWeightDeltas, writeLatents, writeWeightDeltas } from '../../../src/editing/exchange.ts';
import { ensure } from '../../../src/errors.ts';
import { checkpointSource } from '../../../src/weights/checkpoint-source.ts';
import { type ByteSource, bytesSource } from '../../../src/weights/random-access.ts';
import type { Difference, Golden } from '../golden-file.ts';
import { Outputs } from '../pipeline-case.ts';
import { type Files, goldenCheckpoint, goldenFile } from './stage.ts';

/** Bytes must come through as they are. */
const EXACT = 0;

async function spaceOf(files: Files, { entry }: Golden): Promise<EditSpace> {
  const hyper = await goldenCheckpoint(files, `${entry.model}.hyperstyle.pt`);
  return editSpace(checkpointSource(hyper, null).architecture);
}

/** Each file as it is and as we write it. */
async function eachFile(
  files: Files,
  golden: Golden,
  check: (source: ByteSource, add: (name: string, values: Float32Array) => void) => Promise<Uint8Array>,
): Promise<Difference[]> {
  const all: Difference[] = [];
  for (const name of golden.entry.files as string[]) {
    let source = await goldenFile(files, name);
    for (const pass of ['read', 'written']) {
      const outputs = new Outputs(golden);
      const rewritten = await check(source, (output, values) => outputs.addWhole(output, values, EXACT));
      all.push(...outputs.all().map((d) => ({ ...d, output: `${name} ${pass}: ${d.output}` })));
      source = bytesSource(name, rewritten);
    }
  }
  return all;
}

/** `latents.npy` of every protocol. */
export async function latentsCase(files: Files, golden: Golden): Promise<Difference[]> {
  const space = await spaceOf(files, golden);
  const names = golden.entry.names as string[];
  return eachFile(files, golden, async (source, add) => {
    const latents = await readLatents(source, space);
    ensure([...latents.keys()].join() === names.join(), 'file', `${source.name}: holds ${[...latents.keys()]}`);
    names.forEach((name, i) => {
      add(`latent${i}`, latents.get(name) ?? new Float32Array());
    });
    return writeLatents(latents, space);
  });
}

/** A file of `weight_deltas`. */
export async function weightDeltasCase(files: Files, golden: Golden): Promise<Difference[]> {
  const space = await spaceOf(files, golden);
  return eachFile(files, golden, async (source, add) => {
    const deltas = await readWeightDeltas(source, space);
    deltas.forEach((delta, i) => {
      if (delta) add(`delta${i}`, delta.data);
    });
    return writeWeightDeltas(deltas, space);
  });
}
