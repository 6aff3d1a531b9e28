import type { ServerResponse } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { modelFileUrl } from '../../src/weights/folder-url.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { ModelReplaced } from '../../src/weights/model-replaced.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import type { LoadProgress } from '../../src/weights/weight-source.ts';
import { folder, serveFolder } from './served-folder.ts';
import { expectRefusal } from './support.ts';

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
    await expectRefusal(openModelFolder('data:text/plain,x'), /leads to no folder/);
    await expectRefusal(openModelFolder('https://me:secret@example.org/m/'), /holds a user name or password/);
    await expectRefusal(openModelFolder('http://127.0.0.1:9/'), /cannot be reached/);
  });

  test.each([
    ['m', 'm/'],
    ['m/', 'm/'],
    ['m/model.json', 'm/'],
    ['m?v=2', 'm/?v=2'],
    ['m/?token=a/b#x', 'm/?token=a/b'],
    ['m/model.json?a=1&b=%2F#top', 'm/?a=1&b=%2F'],
    ['my-model.json/', 'my-model.json/'],
  ])('%s is the folder %s', (address, folderAddress) => {
    const [path, query = ''] = folderAddress.split('?');
    const expected = `http://h/${path}samples/a.png${query && `?${query}`}`;
    expect(modelFileUrl(`http://h/${address}`, 'samples/a.png').href).toBe(expected);
  });

  test('a query goes with every file', async () => {
    const { url } = await serveFolder((_, __, response, request) => {
      const allowed = request.url?.endsWith('?token=a%2Fb') ?? false;
      if (!allowed) response.writeHead(403).end();
      return !allowed;
    });
    const visit = vi.fn();
    await (await openModelFolder(`${url}/model.json?token=a%2Fb#x`)).stream(visit);
    expect(visit).toHaveBeenCalledTimes(3);
    await expectRefusal(openModelFolder(url), /the server answers 403/);
  });

  test('a model that is replaced while it is loaded is told from a damaged one', async () => {
    const next = folder(1);
    for (const change of ['other values', 'another size', 'no such file'] as const) {
      let deployed = false;
      const { url } = await serveFolder((name, _, response) => {
        if (!deployed || name === 's0') return false;
        const data = next.files.get(name);
        if (name === 'model.json') response.end(data);
        else if (change === 'no such file') response.writeHead(404).end();
        else if (change === 'another size') response.end(data?.subarray(9));
        else response.end(data);
        return true;
      });
      const opened = await openModelFolder(url);
      const loading = opened.stream(() => {
        deployed = true;
      });
      await expect(loading, change).rejects.toThrow(ModelReplaced);
      await expect(loading).rejects.toThrow(/replaced while it was loaded .* load it again/);
    }
  });

  test('a stale shard of another size is fetched past the HTTP cache', async () => {
    const { url, requests } = await serveFolder((name, count, response) => {
      const stale = name === 's1' && count === 1;
      if (stale) response.end(new Uint8Array(10_000));
      return stale;
    });
    let loaded = 0;
    const opened = await openModelFolder(url);
    await opened.stream(() => {}, { onProgress: ({ loadedBytes }) => (loaded = loadedBytes) });
    expect(requests.get('s1')).toBe(2);
    expect(loaded).toBe(opened.totalBytes);
  });
});
