import { afterEach, describe, expect, test, vi } from 'vitest';
import { download, downloadBytes } from '../../src/weights/download.ts';
import { sendPart, serve, startOf } from './server.ts';
import { expectRefusal } from './support.ts';

const DATA = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) ^ (i >> 7));

afterEach(() => vi.restoreAllMocks());

describe('download', () => {
  test('goes on where the connection broke', async () => {
    const starts: number[] = [];
    const url = await serve((request, response) => {
      starts.push(startOf(request));
      sendPart(request, response, DATA, 120_000);
    });
    let arrived = 0;
    const bytes = await download(url, DATA.length, { onBytes: (count) => (arrived += count) });
    expect(Buffer.compare(bytes, DATA)).toBe(0);
    expect(arrived).toBe(DATA.length);
    expect(starts[0]).toBe(0);
    expect(starts.length).toBeGreaterThan(2);
    for (let i = 1; i < starts.length; i++) expect(starts[i]).toBeGreaterThan(starts[i - 1] ?? 0);
  });

  test('starts again when the server ignores Range, and says so in the progress', async () => {
    let requests = 0;
    const url = await serve((request, response) =>
      sendPart(request, response, DATA, requests++ === 0 ? 100_000 : DATA.length, false),
    );
    let arrived = 0;
    const bytes = await download(url, DATA.length, { onBytes: (count) => (arrived += count) });
    expect(Buffer.compare(bytes, DATA)).toBe(0);
    expect(arrived).toBe(DATA.length);
    expect(requests).toBe(2);
  });

  test('gives up by name when nothing comes any more', async () => {
    const url = await serve((_, response) => response.destroy());
    await expectRefusal(download(url, 100), /broke off 5 times at byte 0 of 100/);
  }, 60_000);

  test.each([
    ['a missing file', 404, /the server answers 404/],
    ['a forbidden file', 403, /the server answers 403/],
  ])('%s is not asked for twice', async (_, status, message) => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      response.writeHead(status).end();
    });
    await expectRefusal(download(url, 100), message);
    expect(requests).toBe(1);
  });

  test('a busy server is asked again', async () => {
    let requests = 0;
    const url = await serve((request, response) =>
      requests++ === 0 ? response.writeHead(503).end() : sendPart(request, response, DATA, DATA.length),
    );
    expect((await download(url, DATA.length)).length).toBe(DATA.length);
  });

  test('a file longer or shorter than stated is refused', async () => {
    const url = await serve((request, response) =>
      startOf(request) >= DATA.length ? response.writeHead(416).end() : sendPart(request, response, DATA, DATA.length),
    );
    await expectRefusal(download(url, DATA.length - 1), /is longer than the 299999 bytes/);
    await expectRefusal(download(url, DATA.length + 1), /is shorter than the 300001 bytes/);
  });

  test('an abort stops within one chunk', async () => {
    const stop = new AbortController();
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': DATA.length });
      response.write(DATA.subarray(0, 1000));
    });
    let arrived = 0;
    const loading = download(url, DATA.length, {
      signal: stop.signal,
      onBytes: (count) => {
        arrived += count;
        stop.abort();
      },
    });
    await expectRefusal(loading, /stopped by the AbortSignal/);
    expect(arrived).toBeLessThanOrEqual(1000);
  });

  test('an error of the caller comes through, and nothing is asked for again', async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests++;
      sendPart(request, response, DATA, DATA.length);
    });
    const onBytes = () => {
      throw new RangeError('mine');
    };
    await expect(download(url, DATA.length, { onBytes })).rejects.toThrow(new RangeError('mine'));
    expect(requests).toBe(1);
  });

  test('a silent connection is given up, and the rest fetched by another', async () => {
    const starts: number[] = [];
    const url = await serve((request, response) => {
      starts.push(startOf(request));
      if (starts.length > 1) return sendPart(request, response, DATA, DATA.length);
      response.writeHead(200, { 'content-length': DATA.length }).write(DATA.subarray(0, 1000));
    });
    expect(Buffer.compare(await download(url, DATA.length, { patience: 200 }), DATA)).toBe(0);
    expect(starts).toEqual([0, 1000]);
  });

  test('no limit on silence outlives its connection', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    const url = await serve((request, response) => sendPart(request, response, DATA, DATA.length));
    await download(url, DATA.length, { patience: 12_345 });
    const limits = set.mock.results.filter((_, i) => set.mock.calls[i]?.[1] === 12_345).map(({ value }) => value);
    expect(limits.length).toBeGreaterThan(1); // one for the answer, one a chunk
    expect(limits.filter((limit) => !cleared.mock.calls.some(([timer]) => timer === limit))).toEqual([]);
  });

  test('a small file that never ends is an error by name, or the abort it was', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 2 }).write('a');
    });
    await expectRefusal(downloadBytes(url, { patience: 200 }), /cannot be reached \(nothing came for 0.2 s\)/);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expectRefusal(downloadBytes(url, { signal: stop.signal }), /stopped by the AbortSignal/);
  });
});
