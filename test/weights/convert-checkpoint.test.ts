/** Checkpoints converted as a page does it: the same bytes as the command's, a shard at a time, stopped and refused by name. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convert } from '../../cli/convert/convert.ts';
import { checkpointKind, convertCheckpoint } from '../../src/index.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { tinyCheckpoint } from './support.ts';

let work = '';
let pair: { hyper: Uint8Array<ArrayBuffer>; encoder: Uint8Array<ArrayBuffer> };
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'hyperstyle-converted-'));
  pair = { hyper: await tinyCheckpoint('hyperstyle'), encoder: await tinyCheckpoint('w_encoder') };
});
afterAll(() => rm(work, { recursive: true }));

const sources = () => [bytesSource('w_encoder.pt', pair.encoder), bytesSource('hyperstyle.pt', pair.hyper)];

it('makes the same files as the command, whatever the order of the two', async () => {
  const inputs: [string, string] = [join(work, 'h.pt'), join(work, 'e.pt')];
  await writeFile(inputs[0], pair.hyper);
  await writeFile(inputs[1], pair.encoder);
  const out = join(work, 'tiny');
  const common = { dtype: 'f16', tuningRate: 0.004 } as const;
  await convert({ inputs, out, ...common, dryRun: false, directions: [], print: () => undefined });
  const made = new Map<string, Uint8Array<ArrayBuffer>>();
  const seen: number[] = [];
  await convertCheckpoint(sources(), {
    name: 'tiny',
    ...common,
    write: async (file, bytes) => void made.set(file, bytes),
    onProgress: ({ writtenBytes, totalBytes }) => seen.push(writtenBytes / totalBytes),
  });
  const files = (await readdir(out)).filter((file) => !file.startsWith('.')).sort();
  expect([...made.keys()].sort()).toEqual(files);
  expect([...made.keys()].at(-1)).toBe('model.json');
  for (const file of files) expect(Buffer.from(made.get(file) ?? []), file).toEqual(await readFile(join(out, file)));
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen.at(-1)).toBe(1);
  const folder = await openModelFolder([...made].map(([file, bytes]) => bytesSource(file, bytes)));
  expect(folder).toMatchObject({ name: 'tiny', tuningRate: 0.004 });
});

it('ends at once when it is stopped, and writes no manifest', async () => {
  const controller = new AbortController();
  const written: string[] = [];
  const write = async (file: string): Promise<void> => void written.push(file);
  const onProgress = (): void => controller.abort();
  const stopped = convertCheckpoint(sources(), { name: 'tiny', write, onProgress, signal: controller.signal });
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  expect(written).toEqual([]);
});

it('refuses what is no checkpoint, three of them, and no list', async () => {
  const options = { name: 'tiny', write: async () => undefined };
  await expect(convertCheckpoint([bytesSource('a.pt', Uint8Array.of(1, 2, 3))], options)).rejects.toThrow(/^a\.pt: /);
  await expect(convertCheckpoint([...sources(), ...sources()], options)).rejects.toThrow(/4 checkpoints were given/);
  await expect(convertCheckpoint([], options)).rejects.toThrow(/expected a list of one or two/);
  await expect(convertCheckpoint(sources(), { ...options, name: 'n'.repeat(5000) })).rejects.toThrow(/5000 characters/);
  await expect(convertCheckpoint(sources(), { ...options, tuningRate: 2 })).rejects.toThrow(
    /tuningRate is 2, expected/,
  );
});

it('tells kinds of checkpoints apart', async () => {
  const kinds = await Promise.all([...sources(), bytesSource('x.pt', Uint8Array.of(1))].map(checkpointKind));
  expect(kinds).toEqual(['encoder', 'hyperstyle', null]);
});
