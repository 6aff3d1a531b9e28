import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConvertOptions, convert } from '../../cli/convert/convert.ts';
import { parseDomain } from '../../cli/convert/domain-files.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { type NodeFile, openNodeFolder } from '../../src/node/node-file.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { domainSource } from '../../src/weights/domain-file.ts';
import { decodeElements } from '../../src/weights/elements.ts';
import { parseManifest } from '../../src/weights/manifest.ts';
import { type ModelFolder, openModelFolder } from '../../src/weights/model-folder.ts';
import { storedAs } from '../../src/weights/quantize.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import { checkWeights, type LoadProgress, type WeightSource } from '../../src/weights/weight-source.ts';
import { TOLERANCE } from '../tolerances.ts';
import { expectRefusal, tinyCheckpoint } from './support.ts';

let work = '';
const at = (name: string): string => join(work, name);
const base = (): ConvertOptions => ({
  inputs: [at('h.pt'), at('e.pt')],
  out: at('out'),
  dtype: 'f32',
  dryRun: false,
  directions: [],
  print: () => {},
});

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'hyperstyle-folder-'));
  await writeFile(at('h.pt'), await tinyCheckpoint('hyperstyle'));
  await writeFile(at('e.pt'), await tinyCheckpoint('w_encoder'));
});
const opened: NodeFile[] = [];
afterAll(async () => {
  await Promise.all(opened.map((file) => file.close()));
  await rm(work, { recursive: true });
});

async function openFolder(folder: string): Promise<ModelFolder> {
  const files = await openNodeFolder(folder);
  opened.push(...files);
  return openModelFolder(files);
}
const direct = async (): Promise<WeightSource> =>
  checkpointSource(
    await openCheckpoint(bytesSource('h.pt', await tinyCheckpoint('hyperstyle'))),
    await openCheckpoint(bytesSource('e.pt', await tinyCheckpoint('w_encoder'))),
  );

/** Everything a source delivers, as numbers; i8 tensors are multiplied by their scales. */
async function collect(source: WeightSource): Promise<Map<string, Float32Array>> {
  const found = new Map<string, number[]>();
  await source.stream((info, bytes, rowOffset) => {
    const values = decodeElements(info.dtype, bytes.slice());
    const columns = info.shape.slice(1).reduce((product, n) => product * n, 1);
    const list = found.get(info.name) ?? [];
    expect(list.length, info.name).toBe(rowOffset * columns);
    const scales = info.dtype === 'i8' ? found.get(`${info.name}.scale`) : undefined;
    if (info.dtype === 'i8') expect(scales, `${info.name}.scale comes first`).toBeDefined();
    values.forEach((value, i) => void list.push(value * (scales?.[rowOffset + Math.floor(i / columns)] ?? 1)));
    found.set(info.name, list);
  });
  return new Map(
    [...found].filter(([name]) => !name.endsWith('.scale')).map(([name, list]) => [name, Float32Array.from(list)]),
  );
}

/** A generator that was fine-tuned from the tiny model's: one tensor moved. */
async function writeFineTuned(
  path: string,
  moved: string,
  by: number,
  without = /^$/,
): Promise<Map<string, Float32Array>> {
  const source = await direct();
  const kept = (name: string): boolean => name.startsWith('decoder.') && !without.test(name);
  const generator = new Map([...(await collect(source))].filter(([name]) => kept(name)));
  const values = generator.get(moved) ?? new Float32Array();
  generator.set(
    moved,
    values.map((value) => value + by),
  );
  const infos = [...generator.keys()].map((name) => ({
    name,
    dtype: 'f32' as const,
    shape: source.tensors.get(name)?.shape ?? [],
  }));
  const bodies = [...generator.values()].map((data) => new Uint8Array(data.buffer));
  await writeFile(path, Buffer.concat([safetensorsHeader(infos), ...bodies]));
  return generator;
}

describe('domains of a folder', () => {
  const MOVED = 'decoder.conv1.conv.weight';

  test('only what moved is stored; the rest is streamed from the model', async () => {
    const expected = await writeFineTuned(at('bronze.safetensors'), MOVED, 0.25);
    const domains = new Map([['bronze', at('bronze.safetensors')]]);
    await convert({ ...base(), out: at('with-domain'), domains });
    const folder = await openFolder(at('with-domain'));
    expect(Object.keys(folder.manifest.domains ?? {})).toEqual(['bronze']);
    const domain = await folder.domains?.get('bronze')?.();
    if (!domain) throw new Error('no domain');
    const found = await collect(domain);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, values] of expected) expect(found.get(name), name).toEqual(values);
    const told: LoadProgress[] = [];
    await domain.stream(() => undefined, { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toMatchObject({ loadedBytes: domain.totalBytes, totalBytes: domain.totalBytes });
    const names = await readdir(at('with-domain'));
    const file = names.find((name) => name.startsWith('domain-bronze-')) ?? '';
    const bytes = await readFile(join(at('with-domain'), file));
    expect(bytes.byteLength).toBeLessThan(1024 + 4 * (expected.get(MOVED)?.length ?? 0));
  });

  test('a generator that is the same, and one of other sizes, are refused', async () => {
    await writeFineTuned(at('same.safetensors'), MOVED, 0);
    const same = { ...base(), out: at('same'), domains: new Map([['same', at('same.safetensors')]]) };
    await expectRefusal(convert(same), /equals the model's own generator/);
    const lastLevel = /\.(convs\.[23]|to_rgbs\.1|noises\.noise_[34])\b/;
    await writeFineTuned(at('smaller.safetensors'), MOVED, 0.25, lastLevel);
    const smaller = { ...base(), out: at('smaller'), domains: new Map([['smaller', at('smaller.safetensors')]]) };
    await expectRefusal(convert(smaller), /makes pictures of 8 px, this model's generator makes 16/);
    const wrong = Buffer.concat([safetensorsHeader([{ name: MOVED, dtype: 'f32', shape: [1, 1] }]), new Uint8Array(4)]);
    const folder = await openFolder(at('with-domain'));
    await expectRefusal(
      domainSource('bronze', folder, Uint8Array.from(wrong)),
      /"decoder.conv1.conv.weight" has shape \[1,1\]/,
    );
  });

  test('names that could leave the folder or shadow others are refused', async () => {
    const text = await readFile(join(at('with-domain'), 'model.json'), 'utf8');
    const manifest = JSON.parse(text) as Record<string, unknown>;
    for (const domains of [{ bronze: '../x' }, { '../x': 'x' }, { '': 'x' }, { bronze: 3 }, [], 'x', null]) {
      const parse = async () => parseManifest('model.json', JSON.stringify({ ...manifest, domains }));
      await expectRefusal(parse(), /domains is/);
    }
    expect(() => parseDomain('bronze')).toThrow(/expected NAME=GENERATOR.pt/);
    expect(() => parseDomain('a/b=c.pt')).toThrow(/expected NAME=GENERATOR.pt/);
    expect(parseDomain('bronze=a=b.pt')).toEqual(['bronze', 'a=b.pt']);
  });
});

describe('converted folder', () => {
  test.each([
    ['f32', 0],
    ['f16', TOLERANCE.half],
    ['int8', TOLERANCE.quantized],
  ] as const)('%s holds what the checkpoints hold', async (dtype, tolerance) => {
    await convert({ ...base(), out: at(dtype), dtype });
    const folder = await openFolder(at(dtype));
    const source = await direct();
    expect(folder.architecture).toEqual(source.architecture);
    const [stored, original] = [await collect(folder), await collect(source)];
    expect([...stored.keys()].sort()).toEqual([...original.keys()].sort());
    for (const [name, values] of original) {
      expect(relativeError(stored.get(name) ?? new Float32Array(0), values), name).toBeLessThanOrEqual(tolerance);
    }
    const used = new Set([...folder.tensors.values()].map((info) => info.dtype));
    expect([...used].sort()).toEqual({ f32: ['f32'], f16: ['f16', 'f32'], int8: ['f16', 'f32', 'i8'] }[dtype]);
    expect((await readdir(work)).filter((name) => /partial|old|tmp/.test(name))).toEqual([]);
  });

  test('vectors and the average latent are the same bits in every conversion', async () => {
    const source = await direct();
    const original = await collect(source);
    const kept = new Set<string>();
    for (const dtype of ['f32', 'f16', 'int8'] as const) {
      if (!existsSync(at(dtype))) await convert({ ...base(), out: at(dtype), dtype });
      const stored = await collect(await openFolder(at(dtype)));
      for (const [name, values] of stored) {
        const shape = source.tensors.get(name)?.shape ?? [];
        if (storedAs({ name, shape }, 'int8') !== 'f32') continue;
        kept.add(name);
        expect(new Uint32Array(values.buffer), name).toEqual(
          new Uint32Array(original.get(name)?.buffer ?? values.buffer),
        );
      }
    }
    for (const name of [
      'latent_avg',
      'hypernet.bn1.running_var',
      'hypernet.shared_weight_hypernet.b1',
      'decoder.conv1.activate.bias',
    ])
      expect(kept).toContain(name);
  });

  test('a generator alone converts', async () => {
    const generator = at('g.pt');
    await writeFile(generator, await readFile(join(import.meta.dirname, 'fixtures', 'generator.pkl')));
    await convert({ ...base(), inputs: [generator], out: at('g'), dtype: 'f16' });
    const { architecture } = await openFolder(at('g'));
    expect(architecture).toMatchObject({ size: 8, encoder: null, hypernetwork: null });
  });

  test('a dry run prints the plan and writes nothing', async () => {
    const lines: string[] = [];
    await convert({ ...base(), out: at('dry'), dryRun: true, print: (line) => lines.push(line) });
    expect(lines.join('\n')).toMatch(
      /generator +16 px[\s\S]*parameters +0\.09 M[\s\S]*GPU memory +[\d.]+ MB of weights/,
    );
    expect(await readdir(work)).not.toContain('dry');
  });

  test('a name that no reader takes is refused before the work', async () => {
    await expectRefusal(
      convert({ ...base(), out: at('no'), name: 'n'.repeat(200) }),
      /--name has 200 characters, .* at most 199/,
    );
    expect(await readdir(work)).not.toContain('no');
  });

  test('says which rate of pivotal tuning suits it, where that is known', async () => {
    await convert({ ...base(), out: at('rated'), tuningRate: 0.004 });
    expect((await openFolder(at('rated'))).tuningRate).toBe(0.004);
    for (const tuningRate of [Number.NaN, 0, 2, '0.1', null]) {
      const weights = { ...(await openFolder(at('rated'))), tuningRate } as WeightSource;
      expect(() => checkWeights(weights)).toThrow(/^tuningRate is .*, expected a number above 0/);
    }
    await convert({ ...base(), out: at('unrated') });
    expect((await openFolder(at('unrated'))).tuningRate).toBeUndefined();
    await expectRefusal(convert({ ...base(), out: at('no'), tuningRate: 7 }), /tuningRate is 7/);
  });

  test('a refused input leaves nothing behind', async () => {
    await expectRefusal(
      convert({ ...base(), inputs: [at('h.pt'), at('h.pt')], out: at('no') }),
      /must be the W encoder's/,
    );
    await expectRefusal(
      convert({ ...base(), inputs: [at('missing.pt')], out: at('no') }),
      /missing\.pt: cannot be opened \(it does not exist\)/,
    );
    await expectRefusal(convert({ ...base(), inputs: [work], out: at('no') }), /is no file/);
    await expectRefusal(convert({ ...base(), out: at('no'), samples: at('nowhere') }), /--samples/);
    await expectRefusal(convert({ ...base(), out: at('no'), directions: [at('h.pt')] }), /direction ".*" has shape/);
    await expectRefusal(convert({ ...base(), out: work }), /exists and is no model folder/);
    await expectRefusal(convert({ ...base(), out: join(at('h.pt'), 'x') }), /no folder/);
    await expectRefusal(convert({ ...base(), out: '/proc/nowhere/out' }), /\/proc\/nowhere\/out: cannot be written/);
    expect((await readdir(work)).filter((name) => name.startsWith('no'))).toEqual([]);
  });

  test('local files: a damaged shard, a short one and a missing one are named', async () => {
    await convert({ ...base(), out: at('bad') });
    const names = await readdir(at('bad'));
    const files = await Promise.all(
      names.map(async (name) => [name, new Uint8Array(await readFile(join(at('bad'), name)))] as const),
    );
    const open = async (change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | null): Promise<void> => {
      const sources = files.flatMap(([name, bytes]) => {
        const kept = name.startsWith('shard') ? change(bytes.slice()) : bytes;
        return kept ? [bytesSource(name, kept)] : [];
      });
      await (await openModelFolder(sources)).stream(() => {});
    };
    await open((bytes) => bytes);
    await expectRefusal(
      open((bytes) => bytes.fill(7, bytes.length - 4)),
      /shard-000-\w+\.safetensors is damaged: SHA-256/,
    );
    await expectRefusal(
      open((bytes) => bytes.slice(1)),
      /shard-000-\w+\.safetensors has \d+ bytes, model\.json says/,
    );
    await expectRefusal(
      open(() => null),
      /shard-000-\w+\.safetensors is missing among the 1 files/,
    );
  });
});

describe('model.json', () => {
  const valid = async (): Promise<Record<string, unknown>> => {
    if (!existsSync(at('manifest'))) await convert({ ...base(), out: at('manifest') });
    return JSON.parse(await readFile(at('manifest/model.json'), 'utf8'));
  };

  test.each([
    ['format', 'other', /format is "other", expected hyperstyle-webgpu/],
    ['version', 3, /version is 3, expected 1 or 2/],
    ['dtype', 'f8', /dtype is "f8"/],
    ['networks', { generator: { size: 48 } }, /networks is/],
    ['networks', {}, /networks is/],
    ['networks', { 'generator ': 3 }, /networks is/],
    ['networks.generator.kind', 'stylegan3', /networks is/],
    ['networks.encoder.prefix', 'constructor', /networks is/],
    ['shards', [{ file: '../../etc/passwd', bytes: 1, sha256: 'a'.repeat(64) }], /shards is/],
    ['shards', [{ file: 'http://x/y', bytes: 1, sha256: 'a'.repeat(64) }], /shards is/],
    ['shards', [{ file: 's', bytes: -1, sha256: 'a'.repeat(64) }], /shards is/],
    ['shards', [], /shards is \[\]/],
    ['shards', [{ file: 's', bytes: 1e15, sha256: 'a'.repeat(64) }], /shards is .*at most 67108864 bytes/],
    ['shards', [{ file: 's', bytes: 2 ** 26 + 1, sha256: 'a'.repeat(64) }], /shards is /],
    ['tensors', { a: { dtype: 'f32', shape: [1e9, 1e6] } }, /tensors need 4000000000000000 bytes, the shards have \d+/],
    ['tensors', { a: { dtype: ['f32'], shape: [1] } }, /tensors is/],
    ['dtype', ['f32'], /dtype is \["f32"\]/],
    ['networks.generator.styleDim', 1e15, /networks is/],
    ['networks.generator.mappingLayers', 1e15, /networks is/],
    ['networks.encoder.units', [1e15], /networks is/],
    ['networks.generator.cropRows', [9, 3], /networks is/],
    ['directions', '/etc/passwd', /directions is/],
    ['samples', ['samples/../../x.png'], /samples is/],
    ['tuningRate', 0, /tuningRate is 0, expected a number above 0, at most 1/],
    ['tuningRate', '0.1', /tuningRate is "0.1"/],
    ['tensors', { a: { dtype: 'f64', shape: [1] } }, /tensors is/],
  ] as const)('%s as %j is refused', async (field, value, message) => {
    const manifest = await valid();
    const keys = field.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce((of, key) => of[key] as Record<string, unknown>, manifest);
    parent[last] = value;
    expect(() => parseManifest('model.json', JSON.stringify(manifest))).toThrow(message);
  });

  test('lists its networks; the first version, which did not, says the same', async () => {
    const { networks, ...rest } = await valid();
    expect(networks).toMatchObject({
      generator: { kind: 'stylegan2', prefix: 'decoder', size: 16 },
      encoder: { kind: 'w-encoder', prefix: 'encoder' },
      hypernetwork: { kind: 'hyperstyle', prefix: 'hypernet' },
    });
    const now = parseManifest('model.json', JSON.stringify({ ...rest, networks }));
    const first = { ...rest, version: 1, architecture: now.architecture };
    const before = parseManifest('model.json', JSON.stringify(first));
    expect(before).toMatchObject({ architecture: now.architecture, networks: now.networks });
    expect(() => parseManifest('model.json', JSON.stringify({ ...first, architecture: { size: 48 } }))).toThrow(
      /architecture is/,
    );
  });

  test('may list networks that this library does not know', async () => {
    const manifest = await valid();
    const networks = { ...(manifest.networks as object), judge: { kind: 'lpips', prefix: 'lpips', widths: [64] } };
    const parsed = parseManifest('model.json', JSON.stringify({ ...manifest, networks }));
    expect(parsed.networks.judge).toEqual({ kind: 'lpips', prefix: 'lpips', widths: [64] });
    expect(parsed.architecture.size).toBe(16);
  });

  test('text that is no JSON is refused', () => {
    expect(() => parseManifest('http://x/model.json', '<!DOCTYPE html>')).toThrow(
      /http:\/\/x\/model\.json: is no valid JSON/,
    );
    expect(() => parseManifest('model.json', '{"format":1,"format":2}')).toThrow(/appears twice/);
  });

  test('tensors that the shards do not hold are missed', async () => {
    const manifest = await valid();
    const tensors = { ...(manifest.tensors as object), extra: { dtype: 'f32', shape: [3] } };
    await writeFile(at('manifest/model.json'), JSON.stringify({ ...manifest, tensors }));
    await expectRefusal(
      (await openFolder(at('manifest'))).stream(() => {}),
      /tensor "extra" \[3\] has only 0 rows/,
    );
  });
});
