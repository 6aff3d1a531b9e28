/** What is kept between loads, what leaves, and what loads without network. The Cache API and its limits are the test's own. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { clearCache, openShardCache } from '../../src/weights/shard-cache.ts';
import type { LoadProgress } from '../../src/weights/weight-source.ts';
import { folder, serveFolder } from './served-folder.ts';
import { expectRefusal } from './support.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Just enough of the Cache API: a map that holds so many bytes. */
function fakeCaches(quota = Number.POSITIVE_INFINITY) {
  const stored = new Map<string, { bytes: Uint8Array; headers: Headers }>();
  const used = (): number => [...stored.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const cache = {
    match: async (url: string) => {
      const found = stored.get(url);
      return found && new Response(found.bytes.slice(), { headers: found.headers });
    },
    put: async (url: string, response: Response) => {
      const bytes = new Uint8Array(await response.arrayBuffer());
      const before = stored.get(url)?.bytes.length ?? 0;
      if (used() - before + bytes.length > quota) throw new DOMException('full', 'QuotaExceededError');
      stored.set(url, { bytes, headers: response.headers });
    },
    delete: async (url: string) => stored.delete(url),
    keys: async () => [...stored.keys()].map((url) => ({ url })),
  };
  vi.stubGlobal('caches', { open: async () => cache, delete: async () => stored.clear() });
  /** Names of at least shard size, in the order in which they came. */
  const large = (): string[] =>
    [...stored].filter(([, { bytes }]) => bytes.length >= 1000).map(([url]) => url.split('/').at(-1) ?? '');
  return { stored, large, used };
}

async function load(url: URL, options: { cache?: boolean; cacheBudget?: number } = {}): Promise<LoadProgress> {
  let last: LoadProgress | undefined;
  const opened = await openModelFolder(url, options);
  await opened.stream(() => {}, { onProgress: (progress) => (last = progress) });
  if (!last) throw new Error('the load reported no progress');
  return last;
}

describe('a folder that was loaded', () => {
  test('comes from the cache the second time, a damaged entry from the network', async () => {
    const { stored, large } = fakeCaches();
    const { url, requests, shardBytes } = await serveFolder();
    expect((await load(url)).cachedBytes).toBe(0);
    expect(large()).toHaveLength(3);
    expect((await load(url)).cachedBytes).toBe(3 * shardBytes);
    expect(requests.get('s0')).toBe(1);
    for (const { bytes } of stored.values()) bytes[0] = (bytes[0] ?? 0) ^ 1;
    expect((await load(url)).cachedBytes).toBe(0);
    expect(requests.get('s0')).toBe(2);
    expect((await load(url, { cache: false })).cachedBytes).toBe(0);
    await clearCache();
    expect(stored.size).toBe(0);
  });

  test.each(['broken', 'busy'] as const)(
    'loads whole when its server is %s',
    async (how) => {
      fakeCaches();
      let down = false;
      const { url, shardBytes, files } = await serveFolder((_, __, response) => {
        if (down && how === 'broken') response.destroy();
        else if (down) response.writeHead(503).end();
        return down;
      });
      const directions = withDirections(files);
      const first = await openModelFolder(url);
      expect([...(first.directions?.get('smile') ?? [])]).toEqual(directions);
      await first.stream(() => {});
      down = true;
      const again = await openModelFolder(url);
      expect([...(again.directions?.get('smile') ?? [])]).toEqual(directions);
      let last: LoadProgress | undefined;
      await again.stream(() => {}, { onProgress: (progress) => (last = progress) });
      expect(last?.cachedBytes).toBe(3 * shardBytes);
      await expectRefusal(openModelFolder(new URL('other/', url)), /cannot be reached/);
      await expectRefusal(openModelFolder(url, { cache: false }), /cannot be reached/);
    },
    60_000,
  );

  test('is gone when its server says so, whatever is kept', async () => {
    fakeCaches();
    let gone = false;
    const { url } = await serveFolder((_, __, response) => {
      if (gone) response.writeHead(404).end();
      return gone;
    });
    await load(url);
    gone = true;
    await expectRefusal(openModelFolder(url), /the server answers 404/);
  });
});

/** Adds directions to a served folder; returns the one called smile. */
function withDirections(files: Map<string, Uint8Array>): number[] {
  const smile = [1, 2, 3, 4];
  const header = JSON.stringify({ smile: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } });
  const bytes = new Uint8Array(8 + header.length + 16);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(new Uint8Array(Float32Array.from(smile).buffer), 8 + header.length);
  files.set('d', bytes);
  const manifest = JSON.parse(new TextDecoder().decode(files.get('model.json')));
  files.set('model.json', new TextEncoder().encode(JSON.stringify({ ...manifest, directions: 'd' })));
  return smile;
}

describe('room', () => {
  /** Serves models of one size; a load of the Nth keeps its three shards. */
  const models = async (count: number) => {
    const { url, files, shardBytes } = await serveFolder();
    const loadModel = async (first: number, cacheBudget?: number): Promise<LoadProgress> => {
      for (const [name, bytes] of folder(first).files) files.set(name, bytes);
      vi.setSystemTime(Date.now() + 60_000); // a minute between loads: the order of uses is known
      return load(url, cacheBudget === undefined ? {} : { cacheBudget });
    };
    return { loadModel, shardBytes, count };
  };
  const onlyDates = (): void => void vi.useFakeTimers({ toFake: ['Date'] });

  test('within the budget the model used longest ago leaves first', async () => {
    onlyDates();
    const { large, used } = fakeCaches();
    const { loadModel, shardBytes } = await models(3);
    const budget = 6 * shardBytes + 5000; // two models and what is small
    await loadModel(1, budget);
    const [oldest] = [large()];
    await loadModel(2, budget);
    expect((await loadModel(1, budget)).cachedBytes).toBe(3 * shardBytes); // used again: 2 is the oldest now
    await loadModel(3, budget);
    expect(large()).toHaveLength(6);
    expect(large()).toEqual(expect.arrayContaining(oldest));
    expect(used()).toBeLessThanOrEqual(budget);
    expect((await loadModel(1, budget)).cachedBytes).toBe(3 * shardBytes);
  });

  test('a model larger than the budget keeps what fits, and pushes nothing of its own out', async () => {
    onlyDates();
    const { large } = fakeCaches();
    const { loadModel, shardBytes } = await models(1);
    const budget = 2 * shardBytes + 3000;
    await loadModel(1, budget);
    expect(large()).toHaveLength(2);
    expect((await loadModel(1, budget)).cachedBytes).toBe(2 * shardBytes);
    await loadModel(2, 0);
    expect(large()).toHaveLength(2);
    expect((await loadModel(1, budget)).cachedBytes).toBe(2 * shardBytes);
  });

  test("the browser's quota is nearer than the budget: old models leave, a full disk is no error", async () => {
    onlyDates();
    const shard = folder().shardBytes;
    const { large } = fakeCaches(4 * shard + 3000);
    const { loadModel, shardBytes } = await models(2);
    await loadModel(1);
    expect((await loadModel(2)).loadedBytes).toBe(3 * shardBytes);
    expect((await loadModel(2)).cachedBytes).toBe(3 * shardBytes);
    expect(large()).toHaveLength(4);
    const full = fakeCaches(shard);
    expect((await loadModel(1)).loadedBytes).toBe(3 * shardBytes);
    expect(full.large().length).toBeLessThan(2);
  });

  test('a storage that cannot remove does not hang', async () => {
    const { stored } = fakeCaches(5000);
    stored.set('https://shards.invalid/old', { bytes: new Uint8Array(4900), headers: new Headers() });
    vi.spyOn(await caches.open(''), 'delete').mockRejectedValue(new Error('locked'));
    await (await openShardCache()).put('new', new Uint8Array(1000));
    expect(stored.has('https://shards.invalid/new')).toBe(false);
  });

  test('a budget that is none is named', async () => {
    const { url } = await serveFolder();
    for (const cacheBudget of [-1, Number.NaN])
      await expectRefusal(openModelFolder(url, { cacheBudget }), /cacheBudget is (-1|NaN), expected a number of bytes/);
  });

  test('the browser is asked once to keep it, and may refuse', async () => {
    fakeCaches();
    const persist = vi.fn().mockRejectedValue(new Error('no'));
    vi.stubGlobal('navigator', { storage: { persisted: async () => false, persist } });
    vi.resetModules();
    const fresh = await import('../../src/weights/shard-cache.ts');
    const cache = await fresh.openShardCache();
    await cache.put('a', new Uint8Array(1));
    await cache.put('b', new Uint8Array(1));
    expect(persist).toHaveBeenCalledTimes(1);
    expect([...((await cache.get('b')) ?? [])]).toEqual([0]);
  });

  test('without any storage nothing is kept', async () => {
    vi.stubGlobal('caches', undefined);
    expect((await openShardCache()).kind).toBe('none');
    await clearCache();
  });
});
