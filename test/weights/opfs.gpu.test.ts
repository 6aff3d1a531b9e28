/** What only a browser has: the origin-private file system, and dropped `File`s. No GPU is used. */
import { afterEach, expect, test } from 'vitest';
import { type ModelFolder, openModelFolder } from '../../src/weights/model-folder.ts';
import { clearCache, openShardCache } from '../../src/weights/shard-cache.ts';
import type { LoadProgress } from '../../src/weights/weight-source.ts';

const MODEL = '/models/clay-portraits-128/';
afterEach(() => clearCache());

async function load(folder: ModelFolder): Promise<{ tensors: number; progress: LoadProgress | undefined }> {
  let progress: LoadProgress | undefined;
  const names = new Set<string>();
  await folder.stream((info) => void names.add(info.name), { onProgress: (report) => (progress = report) });
  return { tensors: names.size, progress };
}

test('shards are kept in OPFS, a damaged one is fetched again', async () => {
  await clearCache();
  const cache = await openShardCache();
  expect(cache.kind).toBe('opfs');
  const folder = await openModelFolder(MODEL);
  const first = await load(folder);
  expect(first.progress).toMatchObject({ loadedBytes: folder.totalBytes, cachedBytes: 0 });
  expect(first.tensors).toBe(folder.tensors.size);
  expect((await load(folder)).progress).toMatchObject({
    loadedBytes: folder.totalBytes,
    cachedBytes: folder.totalBytes,
  });
  const hash = folder.manifest.shards[0]?.sha256 ?? '';
  await cache.put(hash, new Uint8Array(8));
  expect((await load(folder)).progress?.cachedBytes).toBe(folder.totalBytes - (folder.manifest.shards[0]?.bytes ?? 0));
  await clearCache();
  expect(await (await openShardCache()).get(hash)).toBeNull();
});

test('dropped files load without a server', async () => {
  const remote = await openModelFolder(MODEL, { cache: false });
  const { shards, directions = '' } = remote.manifest;
  const names = ['model.json', directions, ...shards.map((shard) => shard.file)];
  const files = await Promise.all(names.map(async (name) => new File([await remote.file(name)], name)));
  const folder = await openModelFolder(files);
  expect(folder.architecture).toEqual(remote.architecture);
  expect(folder.directions?.get('smile')?.length).toBe(folder.architecture.styleDim);
  expect((await load(folder)).progress).toMatchObject({ loadedBytes: remote.totalBytes, cachedBytes: 0 });
});
