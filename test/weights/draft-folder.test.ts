/** What a conversion does to the folders it writes: it removes only what conversions made, and no other one disturbs it. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ConvertOptions, convert } from '../../cli/convert/convert.ts';
import { DraftFolder } from '../../cli/convert/draft-folder.ts';
import { openNodeFolder } from '../../src/node/node-file.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { MAX_SHARD_BYTES } from '../../src/weights/shards.ts';
import { expectRefusal, tinyCheckpoint } from './support.ts';

let inputs = '';
let work = '';
const at = (name: string): string => join(work, name);
const options = (): ConvertOptions => ({
  inputs: [join(inputs, 'h.pt'), join(inputs, 'e.pt')],
  out: at('out'),
  dtype: 'f16',
  dryRun: false,
  directions: [],
  print: () => {},
});

beforeAll(async () => {
  inputs = await mkdtemp(join(tmpdir(), 'hyperstyle-inputs-'));
  await writeFile(join(inputs, 'h.pt'), await tinyCheckpoint('hyperstyle'));
  await writeFile(join(inputs, 'e.pt'), await tinyCheckpoint('w_encoder'));
  await mkdir(join(inputs, 'pictures'));
  for (const name of ['a.png', 'expected.json']) await writeFile(join(inputs, 'pictures', name), name);
});
beforeEach(async () => {
  if (work) await rm(work, { recursive: true });
  work = await mkdtemp(join(tmpdir(), 'hyperstyle-draft-'));
});
afterAll(() => Promise.all([inputs, work].map((folder) => rm(folder, { recursive: true }))));

/** Every tensor of the folder arrives and its hashes are right. */
async function expectWhole(folder: string): Promise<void> {
  const files = await openNodeFolder(folder);
  try {
    await (await openModelFolder(files)).stream(() => {});
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}
const everything = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).map(String).sort();

describe('converting again', () => {
  test('replaces the model and nothing else', async () => {
    await convert({ ...options(), samples: join(inputs, 'pictures') });
    const first = await everything(at('out'));
    await mkdir(at('out/notes'));
    const foreign = ['out/README.md', 'out/notes/a.txt', 'out/shard-000.safetensors', 'out/samples/mine.png'];
    await mkdir(at('out.old'));
    foreign.push('out.old/precious.txt');
    for (const file of foreign) await writeFile(at(file), 'mine');
    await convert({ ...options(), dtype: 'f32' });
    for (const file of foreign) expect(await readFile(at(file), 'utf8'), file).toBe('mine');
    const now = await everything(at('out'));
    for (const file of first.filter((name) => /^shard|samples\//.test(name))) expect(now, file).not.toContain(file);
    expect(await everything(work)).not.toContain('out.partial');
    await rm(at('out/shard-000.safetensors'));
    await expectWhole(at('out'));
  });

  test('through a link leaves the link', async () => {
    await mkdir(at('real'));
    await symlink(at('real'), at('out'));
    await convert(options());
    await convert({ ...options(), dtype: 'f32' });
    await expectWhole(at('real'));
    expect((await readdir(work)).sort()).toEqual(['out', 'real']);
  });

  test.each([
    [
      'a model.json of another kind',
      'out/model.json',
      '{"format":"layers-model"}',
      /out: exists and is no model folder/,
    ],
    ['a model.json that is no JSON', 'out/model.json', 'x', /out: exists and is no model folder/],
    [
      'files beside it',
      'out.partial/thesis.txt',
      'x',
      /out\.partial: is in the way and was not made by this converter/,
    ],
  ])('is refused where there is %s', async (_, file, text, message) => {
    await mkdir(join(at(file), '..'));
    await writeFile(at(file), text);
    await expectRefusal(convert(options()), message);
    expect(await readFile(at(file), 'utf8')).toBe(text);
  });

  test('is refused where a file of mine has the name of a sample', async () => {
    await convert(options());
    await mkdir(at('out/samples'));
    await writeFile(at('out/samples/a.png'), 'mine');
    await expectRefusal(
      convert({ ...options(), samples: join(inputs, 'pictures') }),
      /samples\/a\.png: is in the way and was not made by a conversion/,
    );
    expect(await readFile(at('out/samples/a.png'), 'utf8')).toBe('mine');
    await expectWhole(at('out'));
  });

  test('that fails keeps the earlier model, and what others put into the draft', async () => {
    await convert(options());
    const before = await everything(at('out'));
    const draft = await DraftFolder.open(at('out'), 'job');
    await writeFile(await draft.claim('shard-000.tmp'), 'half');
    await writeFile(at('out.partial/mine.txt'), 'mine');
    await draft.discard();
    expect(await everything(at('out.partial'))).toEqual(['mine.txt']);
    expect(await everything(at('out'))).toEqual(before);
  });
});

describe('an interrupted conversion', () => {
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

  /**
   * Leaves a draft as a killed process does: with its journal, a finished shard and half of another. Returns
   * the shard's path.
   */
  async function interrupted(job: string): Promise<string> {
    const draft = await DraftFolder.open(at('out'), job);
    const temporary = await draft.claim('shard-000.tmp');
    await writeFile(temporary, 'whole');
    const file = `shard-000-${hashOf('whole').slice(0, 12)}.safetensors`;
    await draft.finish('shard-000', { file, bytes: 5, sha256: hashOf('whole') }, temporary);
    await writeFile(await draft.claim('shard-001.tmp'), 'half');
    await rm(at('out.partial/convert.lock'));
    return join(at('out.partial'), file);
  }

  test('goes on with the shards that are intact', async () => {
    await interrupted('job');
    const draft = await DraftFolder.open(at('out'), 'job');
    expect(draft.finished('shard-000')).toMatchObject({ bytes: 5 });
    expect(draft.finished('shard-001')).toBeUndefined();
    expect(await readdir(at('out.partial'))).not.toContain('shard-001.tmp');
    await draft.discard();
    expect(await readdir(work)).toEqual([]);
  });

  test('does not go on with a damaged shard, nor with those of another job', async () => {
    await writeFile(await interrupted('job'), 'wrong');
    const draft = await DraftFolder.open(at('out'), 'job');
    expect(draft.finished('shard-000')).toBeUndefined();
    await draft.discard();
    await interrupted('job');
    const other = await DraftFolder.open(at('out'), 'another job');
    expect(other.finished('shard-000')).toBeUndefined();
    expect((await readdir(at('out.partial'))).filter((name) => name.startsWith('shard'))).toEqual([]);
    await other.discard();
  });

  /** What the journal calls this conversion, read while one runs. */
  async function jobOfConversion(): Promise<string> {
    let job = '';
    const conversion = convert({ ...options(), out: at('watched') });
    while (!job) {
      const text = await readFile(at('watched.partial/convert.json'), 'utf8').catch(() => '');
      if (text) job = JSON.parse(text).job;
      else await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await conversion;
    return job;
  }

  test.each([
    ['goes on for the same plan', (job: string) => job, true],
    [
      'begins again for another plan of shards',
      (job: string) => job.replace(/"plan":"\w{8}/, '"plan":"00000000'),
      false,
    ],
    ['begins again for another encoding', (job: string) => job.replace(/"encoding":\d+/, '"encoding":0'), false],
    ['begins again for another dtype', (job: string) => job.replace('"f16"', '"int8"'), false],
  ])('%s', async (_, change, goesOn) => {
    const job = change(await jobOfConversion());
    const fake = { file: 'shard-000-000000000000.safetensors', bytes: 5, sha256: hashOf('other') };
    await mkdir(at('out.partial'));
    await writeFile(at(`out.partial/${fake.file}`), 'other');
    await writeFile(at('out.partial/convert.json'), JSON.stringify({ job, shards: [fake], made: [fake.file] }));
    await convert(options());
    const { shards } = JSON.parse(await readFile(at('out/model.json'), 'utf8'));
    expect(shards[0].sha256 === fake.sha256).toBe(goesOn);
  });
});

describe('two conversions into one folder', () => {
  test('one is refused by name, the other is whole', async () => {
    const results = await Promise.allSettled([convert(options()), convert({ ...options(), dtype: 'f32' })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(String(refused?.reason)).toMatch(/another conversion is writing it \(process \d+ on /);
    await expectWhole(at('out'));
    expect(await readdir(work)).toEqual(['out']);
  });

  const lock = async (holder: object | string, age = 0): Promise<void> => {
    await mkdir(at('out.partial'), { recursive: true });
    await writeFile(at('out.partial/convert.lock'), typeof holder === 'string' ? holder : JSON.stringify(holder));
    const time = new Date(Date.now() - age);
    await utimes(at('out.partial/convert.lock'), time, time);
  };
  const here = hostname();

  test.each([
    ['a living process', () => ({ process: process.ppid, host: here }), 0],
    ['a process elsewhere', () => ({ process: 1, host: 'elsewhere' }), 30_000],
    ['a process that is just writing it', () => '', 0],
  ])('the lock of %s holds', async (_, holder, age) => {
    await lock(holder(), age);
    await expectRefusal(convert(options()), /another conversion is writing it/);
    expect(await readdir(at('out.partial'))).toEqual(['convert.lock']);
  });

  test.each([
    ['a process that ended', () => ({ process: 2 ** 22 + 1, host: here }), 0],
    ['a process elsewhere that has been silent for a minute', () => ({ process: 1, host: 'elsewhere' }), 61_000],
    ['another process under the number of one that ended', () => ({ process: process.ppid, host: here }), 61_000],
    ['nobody', () => 'x', 61_000],
  ])('the lock of %s does not', async (_, holder, age) => {
    await lock(holder(), age);
    await convert(options());
    await expectWhole(at('out'));
    expect(await readdir(work)).toEqual(['out']);
  });

  test('one that was taken for dead does not touch what the other wrote', async () => {
    const first = await DraftFolder.open(at('out'), 'first');
    await rm(at('out.partial/convert.lock'));
    const second = await DraftFolder.open(at('out'), 'second');
    await expectRefusal(first.commit('{}'), /another conversion took this one for dead/);
    await second.discard();
    expect(await readdir(work)).toEqual([]);
  });
});

test('a shard is never larger than a manifest may say', async () => {
  await convert({ ...options(), dtype: 'f32' });
  const manifest = JSON.parse(await readFile(at('out/model.json'), 'utf8'));
  for (const { bytes } of manifest.shards) expect(bytes).toBeLessThanOrEqual(MAX_SHARD_BYTES);
});
