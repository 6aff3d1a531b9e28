import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { safetensorsHeader } from '../../src/weights/safetensors.ts';
import { clearCache, openShardCache } from '../../src/weights/shard-cache.ts';
import type { LoadProgress } from '../../src/weights/weight-source.ts';
import { sendPart, serve } from './server.ts';
import { expectRefusal } from './support.ts';

afterEach(() => vi.unstubAllGlobals());

/** A model folder with three shards of one row-split tensor, in memory. */
function folder(): { files: Map<string, Uint8Array>; shardBytes: number } {
  const rows = Float32Array.from({ length: 6 * 500 }, (_, i) => i);
  const files = new Map<string, Uint8Array>();
  const shards = [0, 1, 2].map((k) => {
    const header = safetensorsHeader([{ name: `t#rows=${2 * k}:${2 * k + 2}`, dtype: 'f32', shape: [2, 500] }]);
    const bytes = new Uint8Array([...header, ...new Uint8Array(rows.buffer, k * 4000, 4000)]);
    files.set(`s${k}`, bytes);
    return { file: `s${k}`, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  const architecture = {
    size: 8,
    styleDim: 4,
    mappingLayers: 1,
    latentCount: 4,
    channels: { 4: 2, 8: 2 },
    inputSize: 32,
    cropRows: null,
    encoder: null,
    hypernetwork: null,
  };
  const manifest = {
    format: 'hyperstyle-webgpu',
    version: 1,
    name: 'm',
    dtype: 'f32',
    parameters: 3000,
    architecture,
    shards,
    tensors: { t: { dtype: 'f32', shape: [6, 500] } },
  };
  files.set('model.json', new TextEncoder().encode(JSON.stringify(manifest)));
  return { files, shardBytes: shards[0]?.bytes ?? 0 };
}

/** Serves a folder; `spoil` may answer a request instead. Returns the address and the requests by file. */
async function serveFolder(spoil: (name: string, count: number, response: ServerResponse) => boolean = () => false) {
  const { files, shardBytes } = folder();
  const requests = new Map<string, number>();
  const url = await serve((request, response) => {
    const name = (request.url ?? '').split('/').at(-1) ?? '';
    const count = (requests.get(name) ?? 0) + 1;
    requests.set(name, count);
    const data = request.url?.startsWith('/models/m/') ? files.get(name) : undefined;
    if (spoil(name, count, response)) return;
    if (data) sendPart(request, response, data, data.length);
    else response.writeHead(404).end();
  });
  return { url: new URL('models/m', url), requests, shardBytes, files };
}

describe('model folder over HTTP', () => {
  test('rows arrive in order, progress ends at the total', async () => {
    const { url, shardBytes } = await serveFolder();
    const source = await openModelFolder(`${url}/model.json`);
    const reports: LoadProgress[] = [];
    const offsets: number[] = [];
    await source.stream(
      (info, bytes, rowOffset) => {
        expect(info.shape).toEqual([6, 500]);
        expect(new Float32Array(bytes.slice().buffer)[0]).toBe(rowOffset * 500);
        offsets.push(rowOffset);
      },
      { onProgress: (progress) => reports.push(progress) },
    );
    expect(offsets).toEqual([0, 2, 4]);
    expect(reports.at(-1)).toMatchObject({
      loadedBytes: 3 * shardBytes,
      totalBytes: 3 * shardBytes,
      remainingSeconds: 0,
    });
  });

  test('a damaged shard is fetched once more, then refused', async () => {
    const wrong = (name: string, response: ServerResponse, size: number): boolean => {
      response.writeHead(200, { 'content-length': size }).end(new Uint8Array(size));
      return name === 's1';
    };
    const size = folder().shardBytes;
    const once = await serveFolder(
      (name, count, response) => name === 's1' && count === 1 && wrong(name, response, size),
    );
    const visited = vi.fn();
    await (await openModelFolder(once.url)).stream(visited);
    expect(visited).toHaveBeenCalledTimes(3);
    expect(once.requests.get('s1')).toBe(2);
    const always = await serveFolder((name, _, response) => name === 's1' && wrong(name, response, size));
    const before = vi.fn();
    await expectRefusal((await openModelFolder(always.url)).stream(before), /s1 is damaged: SHA-256 .* \(read twice\)/);
    expect(before).toHaveBeenCalledTimes(1);
    expect(always.requests.get('s1')).toBe(2);
  });

  test('one shard is in memory at a time, and the request for the next one is out', async () => {
    const { url, requests, shardBytes } = await serveFolder();
    let loaded = 0;
    await (await openModelFolder(url)).stream(
      async (_, __, rowOffset) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const shard = rowOffset / 2;
        expect(loaded).toBe((shard + 1) * shardBytes);
        expect([1, 2].map((k) => requests.get(`s${k}`) ?? 0)).toEqual([1, shard > 0 ? 1 : 0]);
      },
      {
        onProgress: ({ loadedBytes }) => {
          loaded = loadedBytes;
        },
      },
    );
  });

  test('the same from local files', async () => {
    const { files, shardBytes } = folder();
    const read = new Map<string, number>();
    const sources = [...files].map(([name, bytes]) => {
      const source = bytesSource(name, bytes);
      return {
        ...source,
        read: (offset: number, length: number) => {
          read.set(name, (read.get(name) ?? 0) + length);
          return source.read(offset, length);
        },
      };
    });
    const inUse: number[] = [];
    await (await openModelFolder(sources)).stream(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      inUse.push([0, 1, 2].reduce((sum, k) => sum + (read.get(`s${k}`) ?? 0), 0));
    });
    expect(inUse).toEqual([1, 2, 3].map((shards) => shards * shardBytes));
  });

  test('bytes are gone when their visit is over', async () => {
    const transfers = vi.fn();
    const prototype = ArrayBuffer.prototype as { transfer?: (bytes: number) => ArrayBuffer };
    const original = prototype.transfer;
    prototype.transfer = function (this: ArrayBuffer, bytes: number) {
      transfers(this.byteLength);
      return new ArrayBuffer(bytes);
    };
    try {
      const { files, shardBytes } = folder();
      const sources = [...files].map(([name, bytes]) => bytesSource(name, bytes));
      let visits = 0;
      await (await openModelFolder(sources)).stream(() => {
        // each shard was read in one piece: the piece has gone already, and all shards before this one
        expect(transfers).toHaveBeenCalledTimes(2 * visits++ + 1);
      });
      expect(transfers.mock.calls.flat()).toEqual(Array(6).fill(shardBytes));
    } finally {
      if (original) prototype.transfer = original;
      else delete prototype.transfer;
    }
  });

  test('an abort during a visit ends the load', async () => {
    const { url } = await serveFolder();
    const stop = new AbortController();
    const visit = vi.fn(() => stop.abort());
    await expectRefusal(
      (await openModelFolder(url)).stream(visit, { signal: stop.signal }),
      /stopped by the AbortSignal/,
    );
    expect(visit).toHaveBeenCalledTimes(1);
  });

  test('an abort ends the wait for the directions', async () => {
    const stop = new AbortController();
    const { url, files } = await serveFolder((name) => {
      if (name === 'directions') stop.abort(); // and no answer ever
      return name === 'directions';
    });
    const manifest = JSON.parse(new TextDecoder().decode(files.get('model.json')));
    files.set('model.json', new TextEncoder().encode(JSON.stringify({ ...manifest, directions: 'directions' })));
    await expectRefusal(openModelFolder(url, { signal: stop.signal }), /stopped by the AbortSignal/);
  });

  test("a visitor's own error comes through", async () => {
    const { url } = await serveFolder();
    const failing = (await openModelFolder(url)).stream(() => {
      throw new RangeError('mine');
    });
    await expect(failing).rejects.toThrow(RangeError);
  });

  test('addresses that lead nowhere are named', async () => {
    const { url } = await serveFolder();
    await expectRefusal(openModelFolder(new URL('nothing', url)), /nothing\/model\.json: the server answers 404/);
    await expectRefusal(openModelFolder('not a url'), /is no URL/);
    await expectRefusal(openModelFolder('http://127.0.0.1:9/'), /cannot be reached/);
  });
});

/** Just enough of the Cache API: a map that can be full. */
function fakeCaches(limit: number): { stored: Map<string, Uint8Array>; caches: unknown } {
  const stored = new Map<string, Uint8Array>();
  const cache = {
    match: async (key: string) => (stored.has(key) ? new Response(stored.get(key)?.slice()) : undefined),
    put: async (key: string, response: Response) => {
      if (stored.size >= limit) throw new DOMException('full', 'QuotaExceededError');
      stored.set(key, new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (key: string) => stored.delete(key),
  };
  return { stored, caches: { open: async () => cache, delete: async () => stored.clear() } };
}

describe('shard cache', () => {
  const load = async (url: URL, cache = true): Promise<LoadProgress | undefined> => {
    let last: LoadProgress | undefined;
    await (await openModelFolder(url, { cache })).stream(() => {}, { onProgress: (progress) => (last = progress) });
    return last;
  };

  test('the second load comes from the cache, a damaged entry from the network', async () => {
    const { stored, caches } = fakeCaches(10);
    vi.stubGlobal('caches', caches);
    const { url, requests, shardBytes } = await serveFolder();
    expect((await load(url))?.cachedBytes).toBe(0);
    expect(stored.size).toBe(3);
    expect((await load(url))?.cachedBytes).toBe(3 * shardBytes);
    expect(requests.get('s0')).toBe(1);
    for (const bytes of stored.values()) bytes[0] = (bytes[0] ?? 0) ^ 1;
    expect((await load(url))?.cachedBytes).toBe(0);
    expect(requests.get('s0')).toBe(2);
    expect((await load(url, false))?.cachedBytes).toBe(0);
    await clearCache();
    expect(stored.size).toBe(0);
  });

  test('a full disk is no error', async () => {
    const { stored, caches } = fakeCaches(1);
    vi.stubGlobal('caches', caches);
    const { url, shardBytes } = await serveFolder();
    expect((await load(url))?.loadedBytes).toBe(3 * shardBytes);
    expect(stored.size).toBe(1);
    expect((await load(url))?.cachedBytes).toBe(shardBytes);
  });

  test('without any storage nothing is kept', async () => {
    vi.stubGlobal('caches', undefined);
    expect((await openShardCache()).kind).toBe('none');
    await clearCache();
  });
});
