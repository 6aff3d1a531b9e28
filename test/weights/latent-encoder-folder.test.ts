/** Encoders into W+ through the converter: a folder whose tensors are the checkpoint's, and which is told from other models'. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type ConvertOptions, convert } from '../../cli/convert/convert.ts';
import { kindOf } from '../../src/convert/checkpoint-kind.ts';
import { type NodeFile, openNodeFolder } from '../../src/node/node-file.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { collectTensors } from '../../src/weights/collect.ts';
import { latentEncoderFolderSource, latentEncoderSource } from '../../src/weights/latent-encoder-checkpoint.ts';
import { type ModelFolder, openModelFolder } from '../../src/weights/model-folder.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
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
  work = await mkdtemp(join(tmpdir(), 'latent-encoder-folder-'));
  for (const file of ['hyperstyle', 'restyle', 'e4e'] as const)
    await writeFile(at(`${file}.pt`), await tinyCheckpoint(file));
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

const KINDS = [
  ['restyle', 'restyle-e4e', /ReStyle-e4e {2}.*6 heads/, [1, 2]],
  ['e4e', 'e4e', /e4e {11}.*6 heads/, [1, 1, 2]],
] as const;

describe.each(KINDS)('%s', (name, kind, line, units) => {
  it('has a folder that holds what the checkpoint does, and lists the encoder beside its generator', async () => {
    await convert(options(name, at(`${name}.pt`)));
    expect(said.join('\n')).toMatch(line);
    const folder = await openFolder(name);
    expect(folder.manifest.networks).toMatchObject({
      generator: { kind: 'stylegan2', prefix: 'decoder', size: 16 },
      [name]: { kind, prefix: 'encoder', units },
    });
    const file = bytesSource('r.pt', await tinyCheckpoint(name));
    expect(await kindOf(file)).toBe(name);
    const checkpoint = latentEncoderSource(name, await openCheckpoint(file));
    const source = latentEncoderFolderSource(name, folder);
    expect(source.architecture).toEqual(checkpoint.architecture);
    const [ours, theirs] = await Promise.all([source, checkpoint].map((each) => collectTensors(each, everything)));
    expect(ours?.size).toBeGreaterThan(100);
    expect(new Map([...(ours ?? [])].sort())).toEqual(new Map([...(theirs ?? [])].sort()));
  });

  it('takes half the room in half precision', async () => {
    await convert({ ...options(`${name}-half`, at(`${name}.pt`)), dtype: 'f16' });
    const [half, whole] = [await openFolder(`${name}-half`), await openFolder(name)];
    expect(half.totalBytes).toBeLessThan(0.6 * whole.totalBytes);
    expect(latentEncoderFolderSource(name, half).architecture).toEqual(
      latentEncoderFolderSource(name, whole).architecture,
    );
  });
});

test('the folder of another model is refused by name', async () => {
  await convert(options('hyper', at('hyperstyle.pt')));
  const [hyper, e4e] = [await openFolder('hyper'), await openFolder('e4e')];
  await expectRefusal(
    (async () => latentEncoderFolderSource('restyle', hyper))(),
    /^hyper: no ReStyle-e4e model: model\.json lists no encoder of that kind; convert restyle_e4e_\*\.pt$/,
  );
  await expectRefusal(
    (async () => latentEncoderFolderSource('restyle', e4e))(),
    /^e4e: no ReStyle-e4e model: model\.json lists no encoder of that kind/,
  );
  await expectRefusal(
    (async () => latentEncoderFolderSource('e4e', await openFolder('restyle')))(),
    /^restyle: no e4e model: model\.json lists no encoder of that kind; convert e4e_\*_encode\.pt$/,
  );
});
