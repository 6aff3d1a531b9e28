/** ReStyle-e4e through the converter: a folder whose tensors are the checkpoint's, and which is told from other models'. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConvertOptions, convert } from '../../cli/convert/convert.ts';
import { type NodeFile, openNodeFolder } from '../../src/node/node-file.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { collectTensors } from '../../src/weights/collect.ts';
import { type ModelFolder, openModelFolder } from '../../src/weights/model-folder.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { restyleFolderSource, restyleSource } from '../../src/weights/restyle-checkpoint.ts';
import { expectRefusal, tinyCheckpoint } from './support.ts';

let work = '';
const said: string[] = [];
const opened: NodeFile[] = [];
const at = (name: string): string => join(work, name);
const options = (out: string, ...inputs: ConvertOptions['inputs']): ConvertOptions => ({
  inputs,
  out: at(out),
  dtype: 'f32',
  dryRun: false,
  directions: [],
  print: (line) => said.push(line),
});

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'restyle-folder-'));
  for (const file of ['hyperstyle', 'restyle'] as const) await writeFile(at(`${file}.pt`), await tinyCheckpoint(file));
});
afterAll(async () => {
  await Promise.all(opened.map((file) => file.close()));
  await rm(work, { recursive: true });
});

async function openFolder(name: string): Promise<ModelFolder> {
  const files = await openNodeFolder(at(name));
  opened.push(...files);
  return openModelFolder(files);
}
const everything = (): boolean => true;

test('a folder holds what the checkpoint does, and lists the encoder beside its generator', async () => {
  await convert(options('restyle', at('restyle.pt')));
  expect(said.join('\n')).toMatch(/ReStyle-e4e {2}.*6 heads/);
  const folder = await openFolder('restyle');
  expect(folder.manifest.networks).toMatchObject({
    generator: { kind: 'stylegan2', prefix: 'decoder', size: 16 },
    restyle: { kind: 'restyle-e4e', prefix: 'encoder', units: [1, 2] },
  });
  const checkpoint = restyleSource(await openCheckpoint(bytesSource('r.pt', await tinyCheckpoint('restyle'))));
  const source = restyleFolderSource(folder);
  expect(source.architecture).toEqual(checkpoint.architecture);
  const [ours, theirs] = await Promise.all([source, checkpoint].map((each) => collectTensors(each, everything)));
  expect(ours?.size).toBeGreaterThan(100);
  expect(new Map([...(ours ?? [])].sort())).toEqual(new Map([...(theirs ?? [])].sort()));
});

test('half precision halves it', async () => {
  await convert({ ...options('half', at('restyle.pt')), dtype: 'f16' });
  const [half, whole] = [await openFolder('half'), await openFolder('restyle')];
  expect(half.totalBytes).toBeLessThan(0.6 * whole.totalBytes);
  expect(restyleFolderSource(half).architecture).toEqual(restyleFolderSource(whole).architecture);
});

test('the folder of another model is refused by name', async () => {
  await convert(options('hyper', at('hyperstyle.pt')));
  const folder = await openFolder('hyper');
  await expectRefusal(
    (async () => restyleFolderSource(folder))(),
    /^hyper: no ReStyle-e4e model: model\.json lists no encoder of that kind; convert restyle_e4e_\*\.pt$/,
  );
});
