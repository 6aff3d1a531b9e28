/** The shipped model's generator as the file that people have, `{g_ema, latent_avg}`; its pictures are redder, so that it is seen. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectTensors } from '../../src/weights/collect.ts';
import { writeGenerator } from '../../src/weights/generator-writer.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { AVERAGE_LATENT, isOfGenerator } from '../../src/weights/unified-keys.ts';
import { shippedFolder } from './direction-files.ts';

/** What is added to red in [-1, 1]. */
const RED = 0.6;

/** Writes the file into `folder`. @returns its path; the domain is called `redder` */
export async function generatorFile(folder: string): Promise<string> {
  const shipped = shippedFolder();
  const names = readdirSync(shipped).filter((name) => /\.(json|safetensors)$/.test(name));
  const files = names.map((name) => bytesSource(name, new Uint8Array(readFileSync(join(shipped, name)))));
  const model = await openModelFolder(files);
  const values = await collectTensors(model, (name) => isOfGenerator(name) || name === AVERAGE_LATENT);
  const biases = [...values.keys()].filter((name) => /^decoder\.to_rgbs\.\d+\.bias$/.test(name));
  const bias = values.get(biases.at(-1) ?? '');
  if (bias) bias[0] = (bias[0] ?? 0) + RED;
  const path = join(folder, 'redder.pt');
  writeFileSync(path, await writeGenerator(model.architecture, values));
  return path;
}
